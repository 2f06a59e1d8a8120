/** Sessions of an interaction as the server knows them; the log says when that has changed. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ApiError, api } from '../api/client'
import { reportError } from '../app/errors'
import { useI18n } from '../i18n'
import type { Log } from '../live/log'
import type { Sessions, Started } from './types'
import { askedCode, openView } from './views'

const keyOf = (interaction: string) => ['cobrowse', interaction]

export function useSessions(interaction: string) {
  return useQuery({
    queryKey: keyOf(interaction),
    queryFn: ({ signal }) => api.get<Sessions>(`/api/interactions/${interaction}/cobrowse`, signal),
  })
}

/** Asks again when the log tells of a session what is not known yet. */
export function useSessionNews(interaction: string, log: Log): void {
  const queries = useQueryClient()
  const last = log.entries.findLast((entry) => entry.event?.name.startsWith('cobrowse_'))?.s
  // biome-ignore lint/correctness/useExhaustiveDependencies: an entry about a session is what is reacted to
  useEffect(() => {
    queries.invalidateQueries({ queryKey: keyOf(interaction) })
  }, [queries, interaction, last])
}

/** Asks the customer to show their page; where no page is open, a code leads to it. */
export function useLook(interaction: string) {
  const { t } = useI18n()
  const started = useStarted()
  return useMutation({
    mutationFn: () => api.post<Started>(`/api/interactions/${interaction}/cobrowse`),
    onSuccess: started,
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'no_page') askedCode.set({ interaction, why: true })
      else reportError(error, t)
    },
  })
}

export function useClaim(interaction: string) {
  const started = useStarted()
  return useMutation({
    mutationFn: (code: string) => api.post<Started>('/api/cobrowse/claims', { code, interaction }),
    onSuccess: started,
  })
}

function useStarted() {
  const queries = useQueryClient()
  return ({ session, interaction }: Started) => {
    queries.setQueryData<Sessions>(keyOf(interaction), (known) => ({ earlier: known?.earlier ?? [], session }))
    openView(interaction, session.id)
  }
}
