import { type ReactNode, useId } from 'react'

type FieldProps = { label: string; hint?: ReactNode; error?: string; children: (control: ControlProps) => ReactNode }
export type ControlProps = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }

/** A label, its control, what helps, and what is wrong with it, tied together for everybody. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id} className="field-label">
        {label}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

type TextFieldProps = {
  label: string
  value: string
  onChange: (value: string) => void
  hint?: ReactNode
  error?: string
  type?: 'text' | 'email' | 'password' | 'search' | 'date'
  multiline?: boolean
  rows?: number
  autoFocus?: boolean
  maxLength?: number
  mono?: boolean
  placeholder?: string
}

export function TextField({
  label,
  value,
  onChange,
  hint,
  error,
  type = 'text',
  multiline,
  rows = 4,
  mono,
  ...rest
}: TextFieldProps) {
  const className = mono ? 'input mono' : 'input'
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) =>
        multiline ? (
          <textarea
            {...control}
            {...rest}
            rows={rows}
            className={className}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <input
            {...control}
            {...rest}
            type={type}
            className={className}
            value={value}
            autoComplete={type === 'password' ? 'new-password' : 'off'}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  )
}
