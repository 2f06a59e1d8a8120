import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Suggestion } from '../api/types'
import { insertIntoComposer } from '../composer/insertion'
import { customerDrawer } from '../conversation/panes'
import { countInserted, withSource } from '../knowledge/source'

/** Puts an answer with its source into the reply, and has it counted. */
export function insertSuggestion(id: string, item: Suggestion): void {
  customerDrawer.set(false) // on a narrow screen it would hide the reply
  if (insertIntoComposer(withSource(item))) countInserted(id, item.id)
}

/** What knowledge has to say to the customer's last messages. */
export function useSuggestions(id: string) {
  return useQuery({
    queryKey: ['suggestions', id],
    queryFn: ({ signal }) =>
      api.get<{ items: Suggestion[]; query: string }>(`/api/interactions/${id}/suggestions`, signal),
    placeholderData: keepPreviousData,
  })
}
