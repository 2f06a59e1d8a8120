/** What is known of one interaction's log: a gapless run of entries and the own ones still under way. Pure. */
import type { Entry } from '../api/types'

/** An own message or note that the server has not confirmed; `failed` holds the reason once it has been refused. */
export type PendingEntry = {
  client_id: string
  kind: 'message' | 'note'
  from: 'agent'
  name: string
  user: string
  at: string
  body: string
  files: { id: string; name: string; type: string; size: number }[]
  failed: string | null
  /** The server was not reached: it is sent by itself as soon as it can be. */
  waiting?: boolean
  close: boolean
}

/** `last` is the number up to which the log is known. */
export type Log = { entries: Entry[]; pending: PendingEntry[]; last: number }

export const EMPTY_LOG: Log = { entries: [], pending: [], last: 0 }

/** Whether the log goes back further than what is loaded. */
export function hasOlder(log: Log): boolean {
  return (log.entries[0]?.s ?? 1) > 1
}

/** Starts afresh from the newest page or a snapshot; what was loaded before it stays when it joins on. */
export function withSnapshot(log: Log, entries: Entry[], last: number): Log {
  const first = entries[0]?.s ?? last + 1
  const kept = log.last >= first - 1 ? log.entries.filter((entry) => entry.s < first) : []
  return withoutConfirmed({ ...log, entries: [...kept, ...entries], last: Math.max(last, entries.at(-1)?.s ?? 0) })
}

/** The log with the next entry; a repeat changes nothing, and a gap is the protocol client's to fill first. */
export function withEntry(log: Log, entry: Entry): Log {
  if (entry.s <= log.last) return log
  return withoutConfirmed({ ...log, entries: [...log.entries, entry], last: entry.s })
}

export function withOlder(log: Log, entries: Entry[]): Log {
  const first = log.entries[0]?.s ?? Number.POSITIVE_INFINITY
  return { ...log, entries: [...entries.filter((entry) => entry.s < first), ...log.entries] }
}

export function withDelivery(log: Log, s: number, delivery: Entry['delivery'], error = ''): Log {
  const at = log.entries.findIndex((entry) => entry.s === s)
  if (at < 0 || (log.entries[at]?.delivery === delivery && !error)) return log
  return { ...log, entries: log.entries.map((entry, index) => (index === at ? { ...entry, delivery, error } : entry)) }
}

export function withPending(log: Log, entry: PendingEntry): Log {
  const others = log.pending.filter((other) => other.client_id !== entry.client_id)
  return withoutConfirmed({ ...log, pending: [...others, entry] })
}

export function withFailure(log: Log, clientId: string, reason: string): Log {
  return {
    ...log,
    pending: log.pending.map((entry) =>
      entry.client_id === clientId ? { ...entry, failed: reason, waiting: false } : entry,
    ),
  }
}

export function withoutPending(log: Log, clientId: string): Log {
  return { ...log, pending: log.pending.filter((entry) => entry.client_id !== clientId) }
}

/** Matched by client id alone: two equal texts are two messages. */
function withoutConfirmed(log: Log): Log {
  if (log.pending.length === 0) return log
  const confirmed = new Set(log.entries.map((entry) => entry.client_id))
  return { ...log, pending: log.pending.filter((entry) => !confirmed.has(entry.client_id)) }
}
