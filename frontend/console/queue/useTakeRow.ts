import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Row } from '../api/types'
import { reportError } from '../app/errors'
import { useMe } from '../app/me'
import { go, to } from '../app/router'
import { focusComposer } from '../composer/focus'
import { useI18n } from '../i18n'
import { spreadRow } from '../live/context'

/** Takes a row of the queue that is not open, and opens it. */
export function useTakeRow(): (id: string) => void {
  const queries = useQueryClient()
  const me = useMe()
  const { t } = useI18n()
  const take = useMutation({
    mutationFn: (id: string) => api.post<Row>(`/api/interactions/${id}/take`),
    onSuccess: (row) => {
      spreadRow(queries, row, me.id)
      queries.invalidateQueries({ queryKey: ['interaction', row.id] })
      queries.invalidateQueries({ queryKey: ['queue-counts'] })
      go(to.interaction(row.id))
      focusComposer('message')
    },
    onError: (error) => reportError(error, t),
  })
  return take.mutate
}
