import { BadgeCheck, CircleHelp, Pencil } from 'lucide-react'
import { useState } from 'react'
import type { Customer } from '../api/types'
import { Link } from '../app/Link'
import { to } from '../app/router'
import { useI18n } from '../i18n'
import { Avatar } from '../ui/Avatar'
import { IconButton } from '../ui/Button'
import { ContactPoints } from './ContactPoints'
import { CustomerForm } from './CustomerForm'
import { Matches } from './Matches'
import { Merges } from './Merges'

type CustomerCardProps = { customer: Customer; interaction?: string }

/** Who this is, how sure we are, and how to reach them. */
export function CustomerCard({ customer, interaction }: CustomerCardProps) {
  const { t, format } = useI18n()
  const [editing, setEditing] = useState(false)
  if (editing) return <CustomerForm customer={customer} onDone={() => setEditing(false)} />
  return (
    <section className="context-section" aria-label={t('customer.label')}>
      <header className="customer-head">
        <Avatar name={customer.name || t('customer.unnamed')} size={40} />
        <div className="customer-name">
          <h2>
            {interaction ? (
              <Link to={to.customer(customer.id)}>{customer.name || t('customer.unnamed')}</Link>
            ) : (
              customer.name || t('customer.unnamed')
            )}
          </h2>
          {customer.company && <p className="muted">{customer.company}</p>}
        </div>
        <IconButton label={t('customer.edit')} icon={Pencil} onClick={() => setEditing(true)} />
      </header>
      <p className="customer-facts">
        {customer.verified ? (
          <span className="badge badge-good">
            <BadgeCheck size={12} aria-hidden="true" />
            {t('customer.verified')}
          </span>
        ) : (
          <span className="badge">
            <CircleHelp size={12} aria-hidden="true" />
            {t('customer.unverified')}
          </span>
        )}
        <span className="muted">
          {t('customer.totals', { n: customer.interactions.total, open: customer.interactions.open })}
        </span>
        <time className="muted" dateTime={customer.since} title={format.exact(customer.since)}>
          {t('customer.since', { date: format.date(customer.since) })}
        </time>
      </p>
      <Matches customer={customer} />
      <ContactPoints points={customer.contact_points} />
      {customer.note && <p className="customer-note">{customer.note}</p>}
      <Merges customer={customer} />
    </section>
  )
}
