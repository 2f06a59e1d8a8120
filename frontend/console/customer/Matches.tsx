import { UserSearch } from 'lucide-react'
import type { Customer } from '../api/types'
import { Link } from '../app/Link'
import { useMay } from '../app/me'
import { to } from '../app/router'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { useCustomerActions } from './useCustomerActions'

/** Somebody typed an address that belongs to another customer: a person decides whether they are the same. */
export function Matches({ customer }: { customer: Customer }) {
  const { t } = useI18n()
  const mayMerge = useMay('merge_customers')
  const { join, dismiss } = useCustomerActions(customer.id)
  const open = customer.matches.filter((match) => match.state === 'open')
  return open.map((match) => (
    <div key={match.id} className="callout callout-warn">
      <p>
        <UserSearch size={16} aria-hidden="true" />
        <span>
          {t('match.text', { value: match.value })}{' '}
          <Link to={to.customer(match.other.id)}>{match.other.name || t('customer.unnamed')}</Link>
        </span>
      </p>
      {!mayMerge && <p className="muted">{t('merge.who')}</p>}
      {mayMerge && (
        <div className="callout-actions">
          <Button small variant="primary" busy={join.isPending} onClick={() => join.mutate(match.id)}>
            {t('match.join')}
          </Button>
          <Button small busy={dismiss.isPending} onClick={() => dismiss.mutate(match.id)}>
            {t('match.dismiss')}
          </Button>
        </div>
      )}
    </div>
  ))
}
