import { BadgeCheck } from 'lucide-react'
import type { CustomerShort } from '../api/types'
import { Link } from '../app/Link'
import { to } from '../app/router'
import { useI18n } from '../i18n'
import { Avatar } from '../ui/Avatar'

export function CustomerLine({ customer, open }: { customer: CustomerShort; open?: boolean }) {
  const { t } = useI18n()
  const address = customer.contact_points?.find((point) => point.kind !== 'visitor')?.value
  return (
    <Link to={to.customer(customer.id)} className="line" aria-current={open ? 'true' : undefined}>
      <Avatar name={customer.name || t('customer.unnamed')} />
      <span className="line-text">
        <span className="line-title clip">
          <span className="clip">{customer.name || t('customer.unnamed')}</span>
          {customer.verified && (
            <BadgeCheck size={14} role="img" aria-label={t('customer.verified')} className="good" />
          )}
        </span>
        <span className="muted clip">{[customer.company, address].filter(Boolean).join(' · ')}</span>
      </span>
    </Link>
  )
}
