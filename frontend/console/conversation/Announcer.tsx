import { useEffect, useRef, useState } from 'react'
import { useI18n } from '../i18n'
import type { Log } from '../live/log'

/** Reads new messages of the customer aloud, once; the log itself is silent because its lines come and go. */
export function Announcer({ log }: { log: Log }) {
  const { t } = useI18n()
  const heard = useRef(log.last)
  const [text, setText] = useState('')
  useEffect(() => {
    const fresh = log.entries.filter(
      (entry) => entry.s > heard.current && entry.from === 'customer' && entry.kind === 'message',
    )
    heard.current = log.last
    const latest = fresh.at(-1)
    if (latest) setText(t('log.said', { name: latest.name || t('customer.unnamed'), text: latest.body.slice(0, 300) }))
  }, [log, t])
  return (
    <div className="visually-hidden" aria-live="polite">
      {text}
    </div>
  )
}
