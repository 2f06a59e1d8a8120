/** What was sent and is not confirmed, kept in the browser: it outlives an outage and a reload. One record per message. */
import type { DraftKind } from '../api/types'
import type { PendingEntry } from '../live/log'

export type Kept = { c: string; entry: PendingEntry }

const PREFIX = 'console.outbox.'

export function keepOutgoing(c: string, entry: PendingEntry): void {
  localStorage.setItem(PREFIX + entry.client_id, JSON.stringify({ c, entry } satisfies Kept))
}

export function forgetOutgoing(clientId: string): void {
  localStorage.removeItem(PREFIX + clientId)
}

/** What this person has under way, oldest first. */
export function keptOutgoing(user: string): Kept[] {
  return allKept()
    .filter(({ entry }) => entry.user === user)
    .sort((a, b) => a.entry.at.localeCompare(b.entry.at))
}

/** What waits to be sent by itself. */
export function waitingOutgoing(user: string): Kept[] {
  return keptOutgoing(user).filter(({ entry }) => entry.waiting === true && entry.failed === null)
}

/** Whether these words have left the box and are on their way: a draft of them is no draft any more. */
export function isOnItsWay(c: string, kind: DraftKind, body: string): boolean {
  const same = (kept: Kept) => kept.c === c && kept.entry.kind === kind && kept.entry.body === body.trim()
  return body !== '' && allKept().some(same)
}

function allKept(): Kept[] {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .flatMap((key) => read(key))
}

function read(key: string): Kept[] {
  try {
    return [JSON.parse(localStorage.getItem(key) ?? '') as Kept]
  } catch {
    return []
  }
}
