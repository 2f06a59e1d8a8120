import { describe, expect, test } from 'vitest'
import { entryWith } from '../testing/builders'
import {
  EMPTY_LOG,
  hasOlder,
  type PendingEntry,
  withDelivery,
  withEntry,
  withFailure,
  withOlder,
  withoutPending,
  withPending,
  withSnapshot,
} from './log'

const own = (client_id: string, body = 'ok'): PendingEntry => ({
  client_id,
  kind: 'message',
  from: 'agent',
  name: 'Me',
  user: 'me',
  at: '2026-11-23T10:00:00Z',
  body,
  files: [],
  failed: null,
  close: false,
})
const entries = (...numbers: number[]) => numbers.map((s) => entryWith({ s }))
const numbers = (log: { entries: { s: number }[] }) => log.entries.map((entry) => entry.s)

describe('the run of entries', () => {
  test('a repeated entry changes nothing', () => {
    const log = withSnapshot(EMPTY_LOG, entries(1, 2), 2)
    expect(withEntry(log, entryWith({ s: 2 }))).toBe(log)
  })

  test('older entries join in front, none twice', () => {
    const log = withSnapshot(EMPTY_LOG, entries(5, 6), 6)
    expect(numbers(withOlder(log, entries(3, 4, 5)))).toEqual([3, 4, 5, 6])
    expect(hasOlder(log)).toBe(true)
    expect(hasOlder(withOlder(log, entries(1, 2, 3, 4)))).toBe(false)
  })

  test('a snapshot that joins on keeps what was loaded before', () => {
    const log = withSnapshot(EMPTY_LOG, entries(1, 2, 3), 3)
    expect(numbers(withSnapshot(log, entries(3, 4, 5), 5))).toEqual([1, 2, 3, 4, 5])
  })

  test('a snapshot behind a gap starts afresh, so that nothing seems to be missing in between', () => {
    const log = withSnapshot(EMPTY_LOG, entries(1, 2), 2)
    const after = withSnapshot(log, entries(501, 502), 502)
    expect(numbers(after)).toEqual([501, 502])
    expect(hasOlder(after)).toBe(true)
  })

  test('150 entries that come one by one are there once each, in order', () => {
    let log = withSnapshot(EMPTY_LOG, entries(1), 1)
    for (let s = 2; s <= 151; s += 1) log = withEntry(withEntry(log, entryWith({ s })), entryWith({ s }))
    expect(numbers(log)).toEqual(Array.from({ length: 151 }, (_, index) => index + 1))
  })

  test('a delivery state reaches its entry with the reason', () => {
    const log = withSnapshot(EMPTY_LOG, entries(1, 2), 2)
    expect(withDelivery(log, 2, 'failed', 'mailbox full').entries[1]).toMatchObject({
      delivery: 'failed',
      error: 'mailbox full',
    })
    expect(withDelivery(log, 9, 'failed')).toBe(log)
  })
})

describe('own messages under way', () => {
  test('the confirmed entry takes the place of its optimistic twin', () => {
    const log = withPending(EMPTY_LOG, own('x'))
    const after = withEntry(log, entryWith({ s: 1, from: 'agent', client_id: 'x' }))
    expect(after.pending).toEqual([])
    expect(after.entries).toHaveLength(1)
  })

  test('two equal texts are two messages', () => {
    const log = withPending(withPending(EMPTY_LOG, own('x')), own('y'))
    expect(log.pending).toHaveLength(2)
    expect(
      withEntry(log, entryWith({ s: 1, from: 'agent', client_id: 'x', body: 'ok' })).pending.map(
        (entry) => entry.client_id,
      ),
    ).toEqual(['y'])
  })

  test('one that the log already holds does not come up again', () => {
    const log = withEntry(EMPTY_LOG, entryWith({ s: 1, from: 'agent', client_id: 'x' }))
    expect(withPending(log, own('x')).pending).toEqual([])
  })

  test('a refused one keeps its text and says why', () => {
    const log = withFailure(withPending(EMPTY_LOG, own('x', 'dear')), 'x', 'not reachable')
    expect(log.pending[0]).toMatchObject({ body: 'dear', failed: 'not reachable' })
    expect(withoutPending(log, 'x').pending).toEqual([])
  })

  test('trying again replaces the refused one instead of doubling it', () => {
    const log = withFailure(withPending(EMPTY_LOG, own('x')), 'x', 'no')
    expect(withPending(log, own('x')).pending).toMatchObject([{ client_id: 'x', failed: null }])
  })
})
