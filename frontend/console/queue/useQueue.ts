import { type InfiniteData, type QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, withQuery } from '../api/client'
import type { QueuePage, Row } from '../api/types'
import { patchPages, type QueueFilter } from './rows'

const LIMIT = 50

/** The queue by keyset pages; rows pushed by the socket are worked in by `patchQueues`. */
export function useQueue(filter: QueueFilter, enabled = true) {
  return useInfiniteQuery({
    enabled,
    queryKey: ['queue', filter],
    queryFn: ({ pageParam, signal }) =>
      api.get<QueuePage>(withQuery('/api/queue', { ...filter, cursor: pageParam, limit: LIMIT }), signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

/** How much is in each view, whatever is filtered below. */
export function useQueueCounts() {
  return useQuery({
    queryKey: ['queue-counts'],
    queryFn: async () => (await api.get<QueuePage>(withQuery('/api/queue', { view: 'open', limit: 1 }))).counts,
  })
}

export function patchQueues(queries: QueryClient, row: Row, me: string): void {
  for (const [key] of queries.getQueriesData<InfiniteData<QueuePage>>({ queryKey: ['queue'] })) {
    const filter = key[1] as QueueFilter
    queries.setQueryData<InfiniteData<QueuePage>>(key, (data) =>
      data ? { ...data, pages: patchPages(data.pages, row, filter, me) } : data,
    )
  }
}
