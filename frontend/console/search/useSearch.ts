import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, withQuery } from '../api/client'
import type { SearchResult } from '../api/types'

const SHORTEST = 2
const REST_MS = 180

/** The value once it has rested for a moment. */
export function useRested<T>(value: T, rest = REST_MS): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), rest)
    return () => clearTimeout(timer)
  }, [value, rest])
  return rested
}

/** Interactions, page by page, and customers by words; nothing is asked for less than two letters. */
export function useSearch(text: string) {
  const query = useRested(text.trim())
  return useInfiniteQuery({
    queryKey: ['search', query],
    initialPageParam: '',
    enabled: query.length >= SHORTEST,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api.get<SearchResult>(withQuery('/api/search', { q: query, cursor: pageParam }), signal),
    getNextPageParam: (page) => page.next ?? undefined,
    select: ({ pages }) => ({
      customers: pages.flatMap((page) => page.customers),
      interactions: pages.flatMap((page) => page.interactions),
    }),
  })
}
