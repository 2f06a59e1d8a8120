import { useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Row } from '../api/types'
import { reportError } from '../app/errors'
import { useI18n } from '../i18n'
import { showToast } from '../ui/toast'

/** Undo instead of a question: open again, and back in one's own hands if it was there before. */
export function useOfferUndo(): (row: Row, wasMine: boolean) => void {
  const queries = useQueryClient()
  const { t } = useI18n()
  return (row, wasMine) => {
    const undo = async () => {
      try {
        await api.post<Row>(`/api/interactions/${row.id}/reopen`)
        if (wasMine) await api.post<Row>(`/api/interactions/${row.id}/take`)
        queries.invalidateQueries({ queryKey: ['interaction', row.id] })
        queries.invalidateQueries({ queryKey: ['queue'] })
      } catch (error) {
        reportError(error, t)
      }
    }
    const name = row.customer.name || t('customer.unnamed')
    showToast('good', t('action.closed', { name }), { label: t('common.undo'), run: undo })
  }
}
