import { Field } from '../ui/Field'
import type { Value } from './spec'

type ZoneFieldProps = { label: string; hint?: string; error?: string; value: string; onChange: (value: Value) => void }

export function ZoneField({ label, hint, error, value, onChange }: ZoneFieldProps) {
  const zones = Intl.supportedValuesOf('timeZone')
  return (
    <Field {...{ label, hint, error }}>
      {(control) => (
        <select {...control} className="select" value={value} onChange={(event) => onChange(event.target.value)}>
          {!zones.includes(value) && <option value={value}>{value}</option>}
          {zones.map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll('_', ' ')}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
