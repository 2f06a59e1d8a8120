import { useId } from 'react'
import type { ControlProps } from '../../resource/spec'
import { Field } from '../../ui/Field'
import { useProducts } from '../catalogue'

/** A device family by its name: one that there is, or a new one. */
export function DeviceField({ label, hint, error, value, onChange }: ControlProps) {
  const list = useId()
  const products = useProducts()
  return (
    <Field {...{ label, hint, error }}>
      {(control) => (
        <>
          <input
            {...control}
            className="input"
            list={list}
            autoComplete="off"
            value={String(value ?? '')}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={list}>
            {products.map(({ key, name }) => (
              <option key={key} value={name} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  )
}
