import { useMemo } from 'react'
import { useI18n } from '../i18n'
import { Field } from '../ui/Field'
import type { Value } from './spec'

/** Countries whose holidays are offered first to choose; the server knows more by their code. */
const COUNTRIES = [
  'AT',
  'AU',
  'BE',
  'BG',
  'CA',
  'CH',
  'CY',
  'CZ',
  'DE',
  'DK',
  'EE',
  'ES',
  'FI',
  'FR',
  'GB',
  'GR',
  'HR',
  'HU',
  'IE',
  'IN',
  'IS',
  'IT',
  'JP',
  'LI',
  'LT',
  'LU',
  'LV',
  'MT',
  'NL',
  'NO',
  'NZ',
  'PL',
  'PT',
  'RO',
  'SE',
  'SG',
  'SI',
  'SK',
  'TR',
  'UA',
  'US',
  'ZA',
]

type CountryFieldProps = {
  label: string
  hint?: string
  error?: string
  value: string
  onChange: (value: Value) => void
}

export function CountryField({ label, hint, error, value, onChange }: CountryFieldProps) {
  const { t, language } = useI18n()
  const countries = useMemo(() => {
    const names = new Intl.DisplayNames(language, { type: 'region' })
    return COUNTRIES.map((code) => ({ code, name: names.of(code) ?? code })).sort((a, b) =>
      a.name.localeCompare(b.name, language),
    )
  }, [language])
  return (
    <Field {...{ label, hint, error }}>
      {(control) => (
        <select {...control} className="select" value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{t('calendar.no_holidays')}</option>
          {countries.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
