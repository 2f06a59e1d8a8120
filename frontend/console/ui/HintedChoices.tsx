import { RadioGroup } from 'radix-ui'
import { type Key, useI18n } from '../i18n'

/** A choice among a few things, each with a line that says what it means. */
export function HintedChoices({
  choices,
  value,
  onChange,
  label,
  className = 'choices',
}: {
  choices: Record<string, { label: Key; hint: Key }>
  value: string
  onChange: (value: string) => void
  label: string
  className?: string
}) {
  const { t } = useI18n()
  return (
    <RadioGroup.Root className={className} value={value} onValueChange={onChange} aria-label={label}>
      {Object.entries(choices).map(([name, { label, hint }]) => (
        <RadioGroup.Item key={name} value={name} className="choice">
          <span className="choice-text">
            {t(label)}
            <span className="muted check-hint">{t(hint)}</span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}
