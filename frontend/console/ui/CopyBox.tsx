import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { useI18n } from '../i18n'
import { Button } from './Button'

/** Text to take along: select it or copy it with one click. */
export function CopyBox({ label, text }: { label: string; text: string }) {
  const { t } = useI18n()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2_000)
  }
  return (
    <div className="copy-box">
      <input
        className="input mono"
        readOnly
        value={text}
        aria-label={label}
        onFocus={(event) => event.target.select()}
      />
      <Button icon={copied ? Check : Copy} onClick={copy}>
        <span aria-live="polite">{t(copied ? 'common.copied' : 'common.copy')}</span>
      </Button>
    </div>
  )
}
