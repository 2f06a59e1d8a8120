import { ShieldAlert } from 'lucide-react'
import type { WarningName } from '../api/types'
import { type Key, useI18n } from '../i18n'

const TEXTS: Record<WarningName, Key> = {
  reply_to_differs: 'warning.reply_to_differs',
  guest: 'warning.guest',
  references_other: 'warning.references_other',
}

/** What is odd about who sent this. A From line is easy to forge, so it stands where the words are read. */
export function Warnings({ warnings }: { warnings: { name: WarningName; address: string }[] }) {
  const { t } = useI18n()
  return warnings.map(({ name, address }) => <Warning key={name} text={t(TEXTS[name], { address })} />)
}

export function Warning({ text }: { text: string }) {
  return (
    <div className="callout callout-warn callout-small">
      <p>
        <ShieldAlert size={16} aria-hidden="true" />
        <span>{text}</span>
      </p>
    </div>
  )
}
