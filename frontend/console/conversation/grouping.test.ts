import { expect, test } from 'vitest'
import type { Entry } from '../api/types'
import { entryWith } from '../testing/builders'
import { groupEntries, type LogItem } from './grouping'

const dayOf = (iso: string) => iso.slice(0, 10)
const shape = (items: LogItem[]) => items.map((item) => item.type)
const group = (entries: Entry[], newAfter?: number) => groupEntries(entries, [], { dayOf, newAfter })
const spoken = (items: LogItem[]) => items.filter((item) => item.type === 'entry')

test('each day begins with its name', () => {
  const items = group([
    entryWith({ s: 1, at: '2026-11-22T23:59:00Z' }),
    entryWith({ s: 2, at: '2026-11-23T00:01:00Z' }),
  ])
  expect(shape(items)).toEqual(['day', 'channel', 'entry', 'day', 'entry'])
})

test('the channel is said at the beginning and at each change', () => {
  const items = group([
    entryWith({ s: 1, channel: 'web_chat' }),
    entryWith({ s: 2, channel: 'email' }),
    entryWith({ s: 3, channel: 'email' }),
  ])
  expect(items.flatMap((item) => (item.type === 'channel' ? [item.channel] : []))).toEqual(['web_chat', 'email'])
})

test('a note or an event does not change the channel', () => {
  const items = group([
    entryWith({ s: 1, channel: 'web_chat' }),
    entryWith({ s: 2, channel: 'email', kind: 'note', from: 'agent' }),
    entryWith({ s: 3, channel: 'email', kind: 'event', event: { name: 'assigned' } }),
    entryWith({ s: 4, channel: 'web_chat' }),
  ])
  expect(shape(items)).toEqual(['day', 'channel', 'entry', 'entry', 'event', 'entry'])
})

test('messages of one speaker within ten minutes stand together', () => {
  const items = spoken(
    group([
      entryWith({ s: 1, at: '2026-11-23T09:00:00Z' }),
      entryWith({ s: 2, at: '2026-11-23T09:05:00Z' }),
      entryWith({ s: 3, at: '2026-11-23T09:16:00Z' }),
    ]),
  )
  expect(items.map((item) => [item.first, item.last])).toEqual([
    [true, false],
    [false, true],
    [true, true],
  ])
})

test('an own note and an own message do not stand together', () => {
  const own = { from: 'agent' as const, user: 'me' }
  const items = spoken(group([entryWith({ s: 1, ...own }), entryWith({ s: 2, ...own, kind: 'note' })]))
  expect(items.map((item) => item.first)).toEqual([true, true])
})

test('the line "new" stands before the first customer message that was not seen, once', () => {
  const items = group(
    [entryWith({ s: 1 }), entryWith({ s: 2, from: 'agent' }), entryWith({ s: 3 }), entryWith({ s: 4 })],
    1,
  )
  expect(shape(items)).toEqual(['day', 'channel', 'entry', 'entry', 'new', 'entry', 'entry'])
})

test('an entry keeps the key of its optimistic twin', () => {
  const pending = {
    client_id: 'x',
    kind: 'message',
    from: 'agent',
    name: 'Me',
    user: 'me',
    at: '2026-11-23T09:00:00Z',
    body: 'ok',
    files: [],
    failed: null,
    close: false,
  } as const
  const before = groupEntries([], [{ ...pending, files: [] }], { dayOf })
  const after = group([entryWith({ s: 1, from: 'agent', client_id: 'x' })])
  expect(after.map((item) => item.key)).toContain(before.at(-1)?.key)
})
