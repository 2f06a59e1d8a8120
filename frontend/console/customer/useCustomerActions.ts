import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import type { CustomerPatch } from '../api/types'
import { reportError } from '../app/errors'
import { useI18n } from '../i18n'
import { dismissSaying, showToast } from '../ui/toast'

/** Whatever changes a customer changes every place that shows one. */
const AFFECTED = ['customer', 'customers', 'interaction', 'timeline', 'queue']

export function useCustomerActions(id: string) {
  const queries = useQueryClient()
  const { t } = useI18n()
  const onSuccess = () => {
    for (const key of AFFECTED) queries.invalidateQueries({ queryKey: [key] })
  }
  const onError = (error: unknown) => reportError(error, t)
  const undoMerge = useMutation({
    mutationFn: (merge: string) => api.post(`/api/merges/${merge}/undo`),
    onSuccess: () => {
      onSuccess()
      for (const text of ['match.joined', 'merge.done'] as const) dismissSaying(t(text))
    },
    onError,
  })
  return {
    undoMerge,
    change: useMutation({ mutationFn: (patch: CustomerPatch) => api.patch(`/api/customers/${id}`, patch), onSuccess }),
    join: useMutation({
      mutationFn: (match: string) => api.post(`/api/matches/${match}/join`),
      onSuccess: () => {
        onSuccess()
        showToast('good', t('match.joined'))
      },
      onError,
    }),
    dismiss: useMutation({
      mutationFn: (match: string) => api.post(`/api/matches/${match}/dismiss`),
      onSuccess,
      onError,
    }),
    merge: useMutation({
      mutationFn: (other: string) => api.post(`/api/customers/${id}/merge`, { other }),
      onSuccess: () => {
        onSuccess()
        showToast('good', t('merge.done'))
      },
      onError,
    }),
  }
}
