import { Link2 } from 'lucide-react'
import { useState } from 'react'
import type { Customer } from '../api/types'
import { useCustomerActions } from '../customer/useCustomerActions'
import { useI18n } from '../i18n'
import { useSearch } from '../search/useSearch'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { TextField } from '../ui/Field'

/** Joins another customer into this one, when a person knows that they are the same; it can be undone. */
export function JoinCustomer({ customer }: { customer: Customer }) {
  const { t } = useI18n()
  const [open, setOpen] = useState(false)
  return (
    <div className="context-section">
      <Button icon={Link2} onClick={() => setOpen(true)}>
        {t('merge.action')}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t('merge.title')}
        description={t('merge.text', { name: customer.name || t('customer.unnamed') })}
      >
        <JoinForm customer={customer} onDone={() => setOpen(false)} />
      </Dialog>
    </div>
  )
}

function JoinForm({ customer, onDone }: { customer: Customer; onDone: () => void }) {
  const { t } = useI18n()
  const [text, setText] = useState('')
  const search = useSearch(text)
  const found = search.data?.customers.filter((other) => other.id !== customer.id) ?? []
  const { merge } = useCustomerActions(customer.id)
  return (
    <div className="stack">
      <TextField autoFocus type="search" label={t('customers.search')} value={text} onChange={setText} />
      {text.trim().length > 1 && search.isSuccess && found.length === 0 && (
        <p className="muted">{t('customers.none')}</p>
      )}
      <ul className="lines">
        {found.map((other) => (
          <li key={other.id} className="line">
            <Avatar name={other.name || t('customer.unnamed')} />
            <span className="line-text">
              <span className="line-title clip">{other.name || t('customer.unnamed')}</span>
              <span className="muted clip">
                {[other.company, other.contact_points?.find((point) => point.kind !== 'visitor')?.value]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
            <Button small busy={merge.isPending} onClick={() => merge.mutate(other.id, { onSuccess: onDone })}>
              {t('match.join')}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
