import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Detail, Me, Row } from '../api/types'
import { reportError } from '../app/errors'
import { useMe } from '../app/me'
import { focusComposer } from '../composer/focus'
import { type Key, useI18n } from '../i18n'
import { spreadRow } from '../live/context'
import { showToast } from '../ui/toast'
import { useOfferUndo } from './useOfferUndo'

export type Command = 'take' | 'release' | 'close' | 'reopen'
export type Transfer = { team?: string; to?: string; note?: string }

const DONE: Partial<Record<Command, Key>> = { release: 'action.released', reopen: 'action.reopened' }

/** What can be done with an interaction: seen at once, taken back when the server refuses. */
export function useActions(id: string) {
  const queries = useQueryClient()
  const me = useMe()
  const { t } = useI18n()
  const offerUndo = useOfferUndo()

  const settle = (row: Row) => {
    spreadRow(queries, row, me.id)
    queries.invalidateQueries({ queryKey: ['interaction', id] })
    queries.invalidateQueries({ queryKey: ['queue-counts'] })
  }
  const command = useMutation({
    mutationFn: (name: Command) => api.post<Row>(`/api/interactions/${id}/${name}`),
    onMutate: (name) => {
      const before = queries.getQueryData<Detail>(['interaction', id])
      if (before) queries.setQueryData<Detail>(['interaction', id], { ...before, row: expected(before.row, name, me) })
      return { before }
    },
    onSuccess: (row, name, context) => {
      settle(row)
      const done = DONE[name]
      if (done) showToast('good', t(done))
      if (name === 'take') focusComposer('message')
      if (name === 'close') offerUndo(row, context?.before?.row.assigned_to?.id === me.id)
    },
    onError: (error, _name, context) => {
      if (context?.before) queries.setQueryData(['interaction', id], context.before)
      queries.invalidateQueries({ queryKey: ['interaction', id] })
      reportError(error, t)
    },
  })
  const transfer = useMutation({
    mutationFn: (target: Transfer) => api.post<Row>(`/api/interactions/${id}/transfer`, target),
    onSuccess: (row) => {
      settle(row)
      showToast('good', t('action.transferred'))
    },
    onError: (error) => reportError(error, t),
  })

  return { command, transfer, settle }
}

function expected(row: Row, name: Command, me: Me): Row {
  switch (name) {
    case 'take':
      return { ...row, state: 'assigned', assigned_to: { id: me.id, name: me.name } }
    case 'close':
      return { ...row, state: 'closed' }
    default:
      return { ...row, state: 'waiting', assigned_to: null }
  }
}
