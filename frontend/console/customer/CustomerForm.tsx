import { type FormEvent, useState } from 'react'
import type { Customer } from '../api/types'
import { describeError, describeFields } from '../app/errors'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { TextField } from '../ui/Field'
import { useCustomerActions } from './useCustomerActions'

/** Name, company and what everybody should know about this customer. */
export function CustomerForm({ customer, onDone }: { customer: Customer; onDone: () => void }) {
  const { t } = useI18n()
  const { change } = useCustomerActions(customer.id)
  const [values, setValues] = useState({ name: customer.name, company: customer.company, note: customer.note })
  const fields = describeFields(change.error, t)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(values, { onSuccess: onDone })
  }
  return (
    <form className="context-section stack" onSubmit={submit} aria-label={t('customer.edit')}>
      <TextField
        autoFocus
        label={t('customer.name')}
        value={values.name}
        error={fields.name}
        maxLength={200}
        onChange={(name) => setValues({ ...values, name })}
      />
      <TextField
        label={t('customer.company')}
        value={values.company}
        error={fields.company}
        maxLength={200}
        onChange={(company) => setValues({ ...values, company })}
      />
      <TextField
        multiline
        label={t('customer.note')}
        value={values.note}
        error={fields.note}
        onChange={(note) => setValues({ ...values, note })}
      />
      {change.error && Object.keys(fields).length === 0 && (
        <p role="alert" className="bad">
          {describeError(change.error, t)}
        </p>
      )}
      <div className="dialog-actions">
        <Button onClick={onDone}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={change.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  )
}
