import { useI18n } from '../i18n'
import { Field } from '../ui/Field'
import type { Value } from './spec'
import { useItems } from './useResource'

export const MAILBOXES = '/api/settings/mailboxes'

type MailboxFieldProps = {
  label: string
  hint?: string
  error?: string
  /** An address, '' for none; before anything is chosen the first, which the server takes too. */
  value: Value
  onChange: (value: Value) => void
}

/** One of our mailboxes by its address. One that was switched off since it was chosen stays in sight, marked. */
export function MailboxField({ label, hint, error, value, onChange }: MailboxFieldProps) {
  const { t } = useI18n()
  const mailboxes = useItems(MAILBOXES).data
  const active = (mailboxes ?? []).filter((mailbox) => mailbox.active).map((mailbox) => String(mailbox.address))
  const chosen = typeof value === 'string' ? value : (active[0] ?? '')
  const off = chosen !== '' && !active.includes(chosen)
  return (
    <Field {...{ label, hint, error }}>
      {(control) => (
        <select {...control} className="select" value={chosen} onChange={(event) => onChange(event.target.value)}>
          <option value="">{t('field.no_mail')}</option>
          {off && <option value={chosen}>{mailboxes ? `${chosen} · ${t('field.off')}` : chosen}</option>}
          {active.map((address) => (
            <option key={address} value={address}>
              {address}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
