import { Check } from 'lucide-react'
import { Checkbox } from 'radix-ui'
import { useId } from 'react'

type CheckFieldProps = { label: string; hint?: string; value: boolean; onChange: (value: boolean) => void }

/** One thing to tick. */
export function CheckField({ label, hint, value, onChange }: CheckFieldProps) {
  const id = useId()
  return (
    <div className="check">
      <Checkbox.Root
        id={id}
        className="checkbox"
        checked={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onCheckedChange={(on) => onChange(on === true)}
      >
        <Checkbox.Indicator>
          <Check size={14} aria-hidden="true" />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <span id={`${id}-hint`} className="muted check-hint">
            {hint}
          </span>
        )}
      </div>
    </div>
  )
}
