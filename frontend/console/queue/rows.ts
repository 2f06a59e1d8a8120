/** Where a queue row belongs and how a changed one is worked into the pages already loaded. Pure. */
import type { QueueView, Row } from '../api/types'

export type QueueFilter = { view: QueueView; team: string; channel: string }
export type RowPage = { items: Row[]; next: string | null }

const FAR = Number.POSITIVE_INFINITY

/** Whether the view with this filter shows the row; `me` is the id of the signed-in person. */
export function belongs(row: Row, filter: QueueFilter, me: string): boolean {
  if (filter.channel && row.channel !== filter.channel) return false
  if (filter.team && row.team?.id !== filter.team) return false
  switch (filter.view) {
    case 'closed':
      return row.state === 'closed'
    case 'waiting':
      return row.state === 'waiting' || row.state === 'offered'
    case 'mine':
      return row.state === 'assigned' && row.assigned_to?.id === me
    default:
      return row.state !== 'closed'
  }
}

/** The server's order: highest priority, then the promise that ends first, then the oldest; closed ones newest first. */
function compareRows(view: QueueView): (a: Row, b: Row) => number {
  if (view === 'closed') return (a, b) => time(b.closed_at ?? b.last_entry_at) - time(a.closed_at ?? a.last_entry_at)
  return (a, b) =>
    b.priority - a.priority || difference(promise(a), promise(b)) || time(a.created_at) - time(b.created_at)
}

/** The pages with `row` replaced, moved, added or dropped; a row behind the last loaded one waits for its page. */
export function patchPages<P extends RowPage>(pages: P[], row: Row, filter: QueueFilter, me: string): P[] {
  const known = pages.flatMap((page) => page.items).find((item) => item.id === row.id)
  if (known && isNewer(known, row)) return pages
  const without = known
    ? pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== row.id) }))
    : pages
  return belongs(row, filter, me) ? inserted(without, row, compareRows(filter.view)) : without
}

/** Whether `a` is further on: commands move the version, entries the number. */
export function isNewer(a: Row, b: Row): boolean {
  return a.version > b.version || (a.version === b.version && a.s > b.s)
}

function inserted<P extends RowPage>(pages: P[], row: Row, compare: (a: Row, b: Row) => number): P[] {
  const at = pages.findIndex((page) => page.items.some((item) => compare(row, item) < 0))
  if (at >= 0)
    return pages.map((page, index) => (index === at ? { ...page, items: placed(page.items, row, compare) } : page))
  const last = pages.at(-1)
  if (!last || last.next) return pages
  return [...pages.slice(0, -1), { ...last, items: [...last.items, row] }]
}

function placed(items: Row[], row: Row, compare: (a: Row, b: Row) => number): Row[] {
  const at = items.findIndex((item) => compare(row, item) < 0)
  return [...items.slice(0, at), row, ...items.slice(at)]
}

/**
 * The rows with the open one where it stood when it was opened: an answer moves it only once one goes on to the next.
 * `open` is how it looks now, `index` where it stood (negative: it was not in the list).
 */
export function pinnedRows(rows: Row[], open: Row | null, index: number): Row[] {
  if (!open || index < 0) return rows
  const others = rows.filter((row) => row.id !== open.id)
  return [...others.slice(0, index), open, ...others.slice(index)]
}

export type Held = { rows: Row[]; gone: Set<string>; fresh: number }

/**
 * What is shown while the pointer rests on the list: same rows in the same places, their content up to date.
 * Only behind the last of them the list goes on: that is where further pages are loaded.
 */
export function heldRows(shown: Row[], current: Row[]): Held {
  const byId = new Map(current.map((row) => [row.id, row]))
  const ids = new Set(shown.map((row) => row.id))
  const end = current.findLastIndex((row) => ids.has(row.id))
  const unknown = current.map((row, index) => ({ row, behind: index > end })).filter(({ row }) => !ids.has(row.id))
  return {
    rows: [
      ...shown.map((row) => byId.get(row.id) ?? row),
      ...unknown.filter(({ behind }) => behind).map(({ row }) => row),
    ],
    gone: new Set(shown.filter((row) => !byId.has(row.id)).map((row) => row.id)),
    fresh: unknown.filter(({ behind }) => !behind).length,
  }
}

function promise(row: Row): number {
  return row.promised_at ? time(row.promised_at) : FAR
}

function difference(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function time(iso: string): number {
  return Date.parse(iso)
}
