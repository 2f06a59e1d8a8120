import { Check } from 'lucide-react'
import { Checkbox, Switch } from 'radix-ui'
import { useId } from 'react'
import { type Translate, useI18n } from '../i18n'
import { Field, TextField } from '../ui/Field'
import { ColourField } from './ColourField'
import { CountryField } from './CountryField'
import { HoursField } from './HoursField'
import { MailboxField } from './MailboxField'
import type { FieldSpec, Option, Value } from './spec'
import { useOptions } from './useResource'
import { ZoneField } from './ZoneField'

export type FieldInputProps = {
  field: FieldSpec
  value: Value
  error?: string
  locked: boolean
  onChange: (value: Value) => void
}

/** The control for one described field. */
export function FieldInput({ field, value, error, locked, onChange }: FieldInputProps) {
  const { t } = useI18n()
  const label = t(field.label)
  const hint = field.hint && t(field.hint)
  const text = typeof value === 'string' ? value : ''
  if (locked) return <LockedField label={label} value={lockedText(field, text, t)} />
  switch (field.kind) {
    case 'text':
    case 'email':
    case 'password':
      return <TextField type={field.kind} mono={field.mono} {...{ label, hint, error, value: text, onChange }} />
    case 'area':
      return (
        <TextField multiline rows={field.rows} mono={field.mono} {...{ label, hint, error, value: text, onChange }} />
      )
    case 'lines':
      return (
        <TextField
          multiline
          rows={field.rows ?? 3}
          mono={field.mono}
          {...{ label, hint, error }}
          value={listOf(value).join('\n')}
          onChange={(next) => onChange(next.split('\n').map((line) => line.trim()))}
        />
      )
    case 'number':
      return (
        <Field {...{ label, hint, error }}>
          {(control) => (
            <input
              {...control}
              type="number"
              className="input input-short"
              min={field.min}
              max={field.max}
              value={typeof value === 'number' ? value : ''}
              onChange={(event) => onChange(event.target.valueAsNumber)}
            />
          )}
        </Field>
      )
    case 'time':
      return (
        <Field {...{ label, hint, error }}>
          {(control) => (
            <input
              {...control}
              type="time"
              className="input input-time"
              value={text}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Field>
      )
    case 'switch':
      return <SwitchField {...{ label, hint, onChange }} value={value === true} />
    case 'choice':
      return (
        <SelectField
          {...{ label, hint, error, onChange }}
          value={text}
          options={field.options.map(({ value: id, label: key }) => ({ value: id, label: t(key) }))}
        />
      )
    case 'checks':
      return (
        <Checks
          {...{ label, hint, error, onChange }}
          value={listOf(value)}
          options={field.options.map((option) => ({
            ...option,
            label: t(option.label),
            hint: option.hint && t(option.hint),
          }))}
        />
      )
    case 'ref':
      return <RefField {...{ label, hint, error, onChange }} list={field} value={text} />
    case 'refs':
      return <RefsField {...{ label, hint, error, onChange }} from={field.from} value={listOf(value)} />
    case 'texts':
      return <TextsField {...{ label, hint, error, onChange }} rows={field.rows} value={textsOf(value)} />
    case 'colour':
      return <ColourField {...{ label, hint, error, onChange }} value={text} />
    case 'hours':
      return <HoursField {...{ label, hint, error, onChange }} value={value} />
    case 'own':
      return <field.Control {...{ label, hint, error, value, onChange }} />
    case 'mailbox':
      return <MailboxField {...{ label, hint, error, value, onChange }} />
    case 'zone':
      return <ZoneField {...{ label, hint, error, onChange }} value={text} />
    case 'country':
      return <CountryField {...{ label, hint, error, onChange }} value={text} />
  }
}

type Common<T> = { label: string; hint?: string; error?: string; value: T; onChange: (value: Value) => void }

function LockedField({ label, value }: { label: string; value: string }) {
  return (
    <div className="field">
      <span className="field-label">{label}</span>
      <p className="locked-value">{value}</p>
    </div>
  )
}

function SwitchField({ label, hint, value, onChange }: Common<boolean>) {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <Switch.Root {...control} className="switch" checked={value} onCheckedChange={onChange}>
          <Switch.Thumb className="switch-thumb" />
        </Switch.Root>
      )}
    </Field>
  )
}

function SelectField({ label, hint, error, value, onChange, options }: Common<string> & { options: Option[] }) {
  return (
    <Field {...{ label, hint, error }}>
      {(control) => (
        <select {...control} className="select" value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

type Ref = Extract<FieldSpec, { kind: 'ref' }>

function RefField({ list, value, onChange, ...rest }: Common<string> & { list: Ref }) {
  const { t } = useI18n()
  const found = useOptions(list.from).map((one) => ({ ...one, label: list.named?.(one.label, t) ?? one.label }))
  const options = [{ value: '', label: t(list.none ?? 'form.choose') }, ...found]
  return <SelectField {...rest} value={value} options={options} onChange={(next) => onChange(next || null)} />
}

function RefsField({ from, ...rest }: Common<string[]> & { from: string }) {
  const { t } = useI18n()
  const options = useOptions(from)
  if (options.length === 0) return <LockedField label={rest.label} value={t('form.nothing_to_choose')} />
  return <Checks {...rest} options={options} />
}

function Checks({
  label,
  hint,
  error,
  value,
  options,
  onChange,
}: Common<string[]> & { options: (Option & { hint?: string })[] }) {
  const id = useId()
  const toggle = (one: string, on: boolean) => onChange(on ? [...value, one] : value.filter((other) => other !== one))
  return (
    <fieldset className="field checks" aria-invalid={error ? true : undefined}>
      <legend className="field-label">{label}</legend>
      {options.map((option) => (
        <div key={option.value} className="check">
          <Checkbox.Root
            id={`${id}-${option.value}`}
            className="checkbox"
            checked={value.includes(option.value)}
            onCheckedChange={(on) => toggle(option.value, on === true)}
          >
            <Checkbox.Indicator>
              <Check size={14} aria-hidden="true" />
            </Checkbox.Indicator>
          </Checkbox.Root>
          <label htmlFor={`${id}-${option.value}`}>
            {option.label}
            {option.hint && <span className="muted check-hint">{option.hint}</span>}
          </label>
        </div>
      ))}
      {hint && <p className="field-hint">{hint}</p>}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}

function TextsField({ label, value, rows, onChange, ...rest }: Common<Record<string, string>> & { rows?: number }) {
  const lines = { multiline: rows !== undefined, rows }
  return (
    <>
      <TextField
        label={`${label} · Deutsch`}
        value={value.de ?? ''}
        onChange={(de) => onChange({ ...value, de })}
        {...lines}
        {...rest}
      />
      <TextField
        label={`${label} · English`}
        value={value.en ?? ''}
        onChange={(en) => onChange({ ...value, en })}
        {...lines}
      />
    </>
  )
}

/** What cannot be changed is shown as people know it. */
function lockedText(field: FieldSpec, value: string, t: Translate): string {
  const option = field.kind === 'choice' ? field.options.find((one) => one.value === value) : undefined
  return option ? t(option.label) : value
}

function listOf(value: Value): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function textsOf(value: Value): Record<string, string> {
  return value !== null && typeof value === 'object' ? (value as Record<string, string>) : {}
}
