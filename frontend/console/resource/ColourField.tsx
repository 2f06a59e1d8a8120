import { Field } from '../ui/Field'
import type { Value } from './spec'

type ColourFieldProps = {
  label: string
  hint?: string
  error?: string
  value: string
  onChange: (value: Value) => void
}

/** A colour by its picker or by its number. */
export function ColourField({ label, hint, error, value, onChange }: ColourFieldProps) {
  return (
    <Field {...{ label, hint, error }}>
      {(control) => (
        <span className="colour">
          <input
            type="color"
            className="colour-swatch"
            aria-label={label}
            value={/^#[0-9a-f]{6}$/i.test(value) ? value : '#000000'}
            onChange={(event) => onChange(event.target.value)}
          />
          <input
            {...control}
            className="input input-short mono"
            value={value}
            maxLength={7}
            onChange={(event) => onChange(event.target.value)}
          />
        </span>
      )}
    </Field>
  )
}
