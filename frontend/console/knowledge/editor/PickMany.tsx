import { X } from 'lucide-react'
import { useI18n } from '../../i18n'
import type { Option } from '../../resource/spec'
import { Field } from '../../ui/Field'

type PickManyProps = {
  label: string
  add: string
  /** What it means when nothing is chosen. */
  none: string
  error?: string
  value: string[]
  options: Option[]
  onChange: (value: string[]) => void
}

/** Several of many: what is chosen stands above, the rest is added from a list. */
export function PickMany({ label, add, none, error, value, options, onChange }: PickManyProps) {
  const { t } = useI18n()
  const names = new Map(options.map((option) => [option.value, option.label]))
  const rest = options.filter((option) => !value.includes(option.value))
  return (
    <Field label={label} error={error} hint={value.length === 0 ? none : undefined}>
      {(control) => (
        <>
          {value.length > 0 && (
            <ul className="chips">
              {value.map((one) => (
                <li key={one} className="chip">
                  <span className="clip">{names.get(one) ?? one}</span>
                  <button
                    type="button"
                    className="icon-button icon-button-small"
                    aria-label={t('pick.remove', { name: names.get(one) ?? one })}
                    onClick={() => onChange(value.filter((other) => other !== one))}
                  >
                    <X size={14} aria-hidden="true" />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <select
            {...control}
            className="select"
            value=""
            disabled={rest.length === 0}
            onChange={(event) => event.target.value && onChange([...value, event.target.value])}
          >
            <option value="">{rest.length > 0 ? add : t('form.nothing_to_choose')}</option>
            {rest.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
        </>
      )}
    </Field>
  )
}
