import { QueryClient } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import type { QueuePage, Row } from '../api/types'
import { rowWith } from '../testing/builders'
import { noticesFor } from './context'

const KEY = ['queue', { view: 'open', team: '', channel: '' }]
const page = (...items: Row[]) => ({ items, next: null, order: 'promise', counts: { open: 0, mine: 0, waiting: 0 } })

/** A queue whose answer the test gives. */
function scene(first: Row[] = []) {
  const queries = new QueryClient()
  let answer: (page: QueuePage) => void = () => {}
  const queryFn = vi.fn(() => new Promise<QueuePage>((resolve) => (answer = resolve)))
  queries.setQueryData(KEY, { pages: [page(...first)], pageParams: [''] })
  const fetched = () => queries.fetchInfiniteQuery({ queryKey: KEY, queryFn, initialPageParam: '', staleTime: 0 })
  const shown = () => queries.getQueryData<{ pages: QueuePage[] }>(KEY)?.pages.flatMap(({ items }) => items) ?? []
  return { queries, queryFn, fetched, shown, notices: noticesFor(queries, 'me'), answer: (p: QueuePage) => answer(p) }
}

test('a row that comes while the list is fetched is there afterwards, although the answer does not know it', async () => {
  const { fetched, notices, answer, shown } = scene()
  const fetching = fetched()
  notices.row(rowWith({ id: 'new' }))
  answer(page())
  await fetching
  await vi.waitFor(() => expect(shown().map((row) => row.id)).toEqual(['new']))
})

test('an answer that is newer than what was pushed meanwhile stays', async () => {
  const { fetched, notices, answer, shown } = scene([rowWith({ id: 'a', version: 1, s: 4 })])
  const fetching = fetched()
  notices.row(rowWith({ id: 'a', version: 1, s: 5, first_words: 'older' }))
  answer(page(rowWith({ id: 'a', version: 1, s: 6, first_words: 'newer' })))
  await fetching
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(shown().map((row) => row.first_words)).toEqual(['newer'])
})

test('once the line hears of changes, what was fetched before is fetched anew, also the first time', async () => {
  const { queries, notices } = scene([rowWith()])
  expect(queries.getQueryState(KEY)?.isInvalidated).toBe(false)
  notices.watching()
  expect(queries.getQueryState(KEY)?.isInvalidated).toBe(true)
})

test('what one may do is asked anew when an interaction has another owner, and only then', () => {
  const { queries, notices } = scene()
  const row = rowWith({ id: 'a', state: 'assigned', assigned_to: { id: 'u1', name: 'Anna' } })
  queries.setQueryData(['interaction', 'a'], { row })
  const isStale = () => queries.getQueryState(['interaction', 'a'])?.isInvalidated
  notices.row({ ...row, version: row.version + 1, subject: 'Another one' })
  expect(isStale()).toBe(false)
  notices.row({ ...row, version: row.version + 2, assigned_to: { id: 'me', name: 'Ben' } })
  expect(isStale()).toBe(true)
})
