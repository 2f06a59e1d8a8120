import { Link2 } from 'lucide-react'
import type { Customer } from '../api/types'
import { useMay } from '../app/me'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { RelativeTime } from '../ui/Time'
import { useCustomerActions } from './useCustomerActions'

/** Who was joined into this customer; each can be taken apart again. */
export function Merges({ customer }: { customer: Customer }) {
  const { t } = useI18n()
  const mayMerge = useMay('merge_customers')
  const { undoMerge } = useCustomerActions(customer.id)
  if (customer.merged.length === 0) return null
  return (
    <ul className="merges" aria-label={t('merge.label')}>
      {customer.merged.map((merge) => (
        <li key={merge.merge} className="merge">
          <Link2 size={16} aria-hidden="true" />
          <span className="merge-text">
            {t('merge.joined', { name: merge.name || t('customer.unnamed') })} <RelativeTime at={merge.at} />
          </span>
          {mayMerge && (
            <Button small variant="quiet" busy={undoMerge.isPending} onClick={() => undoMerge.mutate(merge.merge)}>
              {t('common.undo')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}
