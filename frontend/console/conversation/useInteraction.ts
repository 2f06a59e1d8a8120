import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { api } from '../api/client'
import type { Detail } from '../api/types'
import { useLive } from '../live/context'
import { useStore } from '../ui/useStore'

/** What stands round the log: the row, the customer, where a reply goes, drafts, and what is allowed. */
export function useDetail(id: string, enabled = true) {
  return useQuery({
    enabled,
    queryKey: ['interaction', id],
    queryFn: ({ signal }) => api.get<Detail>(`/api/interactions/${id}`, signal),
  })
}

/** The log, loaded once and live from then on; others see that this person looks at it. */
export function useLog(id: string) {
  const live = useLive()
  const reload = useCallback(() => live.open(id), [live, id])
  useEffect(() => {
    reload()
    live.view(id)
    return () => live.view(null)
  }, [reload, live, id])
  const state = useStore(live.openState(id))
  const online = useStore(live.client.status) === 'online'
  const failed = typeof state === 'object'
  useEffect(() => {
    if (online && failed) reload()
  }, [online, failed, reload])
  return { log: useStore(live.log(id)), state, reload }
}
