/** How urgent a waiting customer is, measured against the promise that was made. Pure. */
import type { Row } from '../api/types'

export type Level = 'none' | 'ok' | 'warn' | 'bad'

const WARN_SHARE = 0.25
const WARN_AT_LEAST_MS = 5 * 60_000
const WARN_SHARE_AT_MOST = 1 / 3

/**
 * `bad` once the promise has passed, `none` when nobody waits. `warn` in the last quarter or the last five minutes of the
 * promise, but never before two thirds of it: a promise of two minutes begins calmly.
 */
export function waitingLevel(row: Pick<Row, 'waiting_since' | 'promised_at' | 'state'>, now: number): Level {
  if (!row.waiting_since || row.state === 'closed') return 'none'
  if (!row.promised_at) return 'ok'
  const end = Date.parse(row.promised_at)
  const left = end - now
  if (left <= 0) return 'bad'
  const span = Math.max(0, end - Date.parse(row.waiting_since))
  const zone = Math.max(span * WARN_SHARE, Math.min(span * WARN_SHARE_AT_MOST, WARN_AT_LEAST_MS))
  return left <= zone ? 'warn' : 'ok'
}
