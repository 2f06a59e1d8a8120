/** Turns the log into the lines of the screen: days, channel changes, speakers, events. Pure. */
import type { Entry } from '../api/types'
import type { PendingEntry } from '../live/log'

export type LogItem =
  | { type: 'day'; key: string; at: string }
  | { type: 'channel'; key: string; channel: string }
  | { type: 'new'; key: string }
  | { type: 'event'; key: string; entry: Entry }
  | { type: 'entry'; key: string; entry: Entry; first: boolean; last: boolean }
  | { type: 'pending'; key: string; entry: PendingEntry; first: boolean; last: boolean }

const SAME_SPEAKER_MS = 10 * 60_000

type Options = { newAfter?: number; dayOf?: (iso: string) => string }

/** `newAfter` puts the "new" line before the first customer entry with a higher number. */
export function groupEntries(entries: Entry[], pending: PendingEntry[], options: Options = {}): LogItem[] {
  const { newAfter, dayOf = localDay } = options
  const items: LogItem[] = []
  let lastDay = ''
  let channel = ''
  let marked = newAfter === undefined
  for (const entry of entries) {
    const day = dayOf(entry.at)
    if (lastDay !== day) items.push({ type: 'day', key: `day-${day}`, at: entry.at })
    if (!marked && entry.s > (newAfter ?? 0) && entry.from === 'customer' && entry.kind === 'message') {
      items.push({ type: 'new', key: 'new' })
      marked = true
    }
    if (entry.kind === 'event') {
      items.push({ type: 'event', key: keyOf(entry), entry })
    } else {
      if (entry.kind === 'message' && entry.channel !== channel) {
        items.push({ type: 'channel', key: `channel-${entry.s}`, channel: entry.channel })
        channel = entry.channel
      }
      items.push({ type: 'entry', key: keyOf(entry), entry, first: true, last: true })
    }
    lastDay = day
  }
  for (const entry of pending)
    items.push({ type: 'pending', key: `c-${entry.client_id}`, entry, first: true, last: true })
  return joinSpeakers(items)
}

/** An entry keeps the key of its optimistic twin, so nothing jumps when the server confirms it. */
function keyOf(entry: Entry): string {
  return entry.client_id && entry.from === 'agent' ? `c-${entry.client_id}` : `s-${entry.s}`
}

function joinSpeakers(items: LogItem[]): LogItem[] {
  return items.map((item, index) => {
    if (item.type !== 'entry' && item.type !== 'pending') return item
    return { ...item, first: !joined(items[index - 1], item), last: !joined(item, items[index + 1]) }
  })
}

function joined(upper: LogItem | undefined, lower: LogItem | undefined): boolean {
  if (!isSpoken(upper) || !isSpoken(lower)) return false
  if (speaker(upper) !== speaker(lower) || upper.entry.kind !== lower.entry.kind) return false
  return Date.parse(lower.entry.at) - Date.parse(upper.entry.at) < SAME_SPEAKER_MS
}

type Spoken = Extract<LogItem, { type: 'entry' | 'pending' }>

function isSpoken(item: LogItem | undefined): item is Spoken {
  return item?.type === 'entry' || item?.type === 'pending'
}

function speaker(item: Spoken): string {
  return `${item.entry.from}:${item.entry.user ?? item.entry.name}`
}

function localDay(iso: string): string {
  const date = new Date(iso)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}
