import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Suggestion } from '../api/types'

/** What knowledge has to say to the customer's last messages. */
export function useSuggestions(id: string) {
  return useQuery({
    queryKey: ['suggestions', id],
    queryFn: ({ signal }) =>
      api.get<{ items: Suggestion[]; query: string }>(`/api/interactions/${id}/suggestions`, signal),
    placeholderData: keepPreviousData,
  })
}
