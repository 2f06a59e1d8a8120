import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Detail } from '../api/types'
import type { PendingEntry } from '../live/log'
import { rowWith } from '../testing/builders'
import { adoptDrafts, draftOf, drafts, keepDraftsOf } from './drafts'
import { forgetOutgoing, keepOutgoing, keptOutgoing, waitingOutgoing } from './outbox'

const reply = (id: string, more: Partial<PendingEntry> = {}): PendingEntry => ({
  client_id: id,
  kind: 'message',
  from: 'agent',
  name: 'Mika',
  user: 'u1',
  at: '2026-11-23T09:00:00Z',
  body: 'On its way',
  files: [],
  failed: null,
  close: false,
  ...more,
})
const detailWith = (body: string, updated_at: string) =>
  ({ row: rowWith({ id: 'i1' }), drafts: body ? [{ kind: 'message', body, updated_at }] : [] }) as unknown as Detail
const typed = () => draftOf(drafts.getSnapshot(), 'i1', 'message').text

beforeEach(() => {
  localStorage.clear()
  drafts.set({})
  keepDraftsOf('u1')
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
})

describe('the outbox', () => {
  test('keeps what waits in the order of writing, for its writer alone', () => {
    keepOutgoing('i2', reply('b', { waiting: true, at: '2026-11-23T09:05:00Z' }))
    keepOutgoing('i1', reply('a', { waiting: true }))
    keepOutgoing('i1', reply('c', { waiting: true, user: 'u2' }))
    expect(waitingOutgoing('u1').map(({ entry }) => entry.client_id)).toEqual(['a', 'b'])
  })

  test('what was refused stays and is not sent by itself', () => {
    keepOutgoing('i1', reply('a', { failed: 'too long' }))
    expect(waitingOutgoing('u1')).toEqual([])
    expect(keptOutgoing('u1')).toHaveLength(1)
    forgetOutgoing('a')
    expect(keptOutgoing('u1')).toEqual([])
  })
})

describe('a draft', () => {
  test('that the server never got is there again after a reload', () => {
    localStorage.setItem('console.draft.u1.i1:message', JSON.stringify({ text: 'Dear', at: '2026-11-23T08:00:00Z' }))
    adoptDrafts(detailWith('', ''))
    expect(typed()).toBe('Dear')
  })

  test('a newer one of another computer wins over the copy here', () => {
    localStorage.setItem('console.draft.u1.i1:message', JSON.stringify({ text: 'old', at: '2026-11-23T08:00:00Z' }))
    adoptDrafts(detailWith('newer', '2026-11-23T09:00:00Z'))
    expect(typed()).toBe('newer')
  })

  test('whose words are on their way as a message does not come back', () => {
    keepOutgoing('i1', reply('a', { waiting: true, body: 'Dear customer' }))
    adoptDrafts(detailWith('Dear customer', '2026-11-23T09:00:00Z'))
    expect(typed()).toBe('')
  })
})
