import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Device, DeviceValues } from '../api/types'
import { describeError, describeFields } from '../app/errors'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { Field, TextField } from '../ui/Field'
import { useDeviceActions, useDeviceFamilies } from './useDevices'

type FormProps = { customer: string; device?: Device; onDone: () => void }

/** A new device, or one that is corrected. */
export function DeviceForm({ customer, device, onDone }: FormProps) {
  const { t } = useI18n()
  const { save } = useDeviceActions(customer)
  const families = useDeviceFamilies().data ?? []
  const [values, setValues] = useState<DeviceValues>({
    product: device?.product ?? '',
    model: device?.model ?? '',
    serial: device?.serial ?? '',
    place: device?.place ?? '',
  })
  const models = families.find((family) => family.key === values.product)?.models ?? []
  const fields = describeFields(save.error, t)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector('select')?.focus(), [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ ...values, id: device?.id }, { onSuccess: onDone })
  }
  return (
    <form ref={form} className="stack" onSubmit={submit} aria-label={t('devices.form')}>
      <Choice
        label={t('devices.family')}
        none={t('devices.choose')}
        options={families}
        value={values.product}
        error={fields.product}
        onChange={(product) => setValues({ ...values, product, model: '' })}
      />
      {models.length > 0 && (
        <Choice
          label={t('devices.model')}
          none={t('devices.model_unknown')}
          options={models}
          value={values.model}
          error={fields.model}
          onChange={(model) => setValues({ ...values, model })}
        />
      )}
      <TextField
        mono
        label={t('devices.serial')}
        value={values.serial}
        error={fields.serial}
        maxLength={60}
        onChange={(serial) => setValues({ ...values, serial })}
      />
      <TextField
        label={t('devices.place')}
        value={values.place}
        error={fields.place}
        maxLength={120}
        onChange={(place) => setValues({ ...values, place })}
      />
      {save.error && Object.keys(fields).length === 0 && (
        <p role="alert" className="bad">
          {describeError(save.error, t)}
        </p>
      )}
      <div className="dialog-actions">
        <Button onClick={onDone}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={save.isPending} disabled={!values.product}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  )
}

type ChoiceProps = {
  label: string
  none: string
  options: { key: string; name: string }[]
  value: string
  error?: string
  onChange: (key: string) => void
}

function Choice({ label, none, options, value, error, onChange }: ChoiceProps) {
  return (
    <Field label={label} error={error}>
      {(control) => (
        <select {...control} className="select" value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{none}</option>
          {options.map(({ key, name }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
