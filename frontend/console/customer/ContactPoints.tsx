import { BadgeCheck, CircleHelp, Globe, type LucideIcon, Mail, MailCheck, Phone, Radio } from 'lucide-react'
import type { ContactPoint } from '../api/types'
import { type Key, useI18n } from '../i18n'
import { Address } from '../ui/Address'

const KINDS: Record<string, { icon: LucideIcon; key: Key }> = {
  email: { icon: Mail, key: 'contact.email' },
  phone: { icon: Phone, key: 'contact.phone' },
  device: { icon: Radio, key: 'contact.device' },
}
const PROOFS: Record<ContactPoint['proof'], { icon: LucideIcon; key: Key; className: string }> = {
  verified: { icon: BadgeCheck, key: 'proof.verified', className: 'good' },
  received: { icon: MailCheck, key: 'proof.received', className: 'info' },
  typed: { icon: CircleHelp, key: 'proof.typed', className: 'warn' },
}

/** How the customer can be reached, and how well we know that it is really them. */
export function ContactPoints({ points }: { points: ContactPoint[] }) {
  const { t } = useI18n()
  const shown = points.filter((point) => point.kind !== 'visitor')
  const browsers = points.length - shown.length
  return (
    <ul className="contacts" aria-label={t('contact.label')}>
      {shown.map((point) => (
        <ContactLine key={`${point.kind}:${point.value}`} point={point} />
      ))}
      {browsers > 0 && (
        <li className="contact">
          <Globe size={16} aria-hidden="true" />
          <span>{t('contact.browsers', { n: browsers })}</span>
        </li>
      )}
    </ul>
  )
}

function ContactLine({ point }: { point: ContactPoint }) {
  const { t } = useI18n()
  const { icon: Icon, key } = KINDS[point.kind] ?? { icon: Radio, key: 'contact.device' as Key }
  const proof = PROOFS[point.proof]
  return (
    <li className="contact">
      <Icon size={16} role="img" aria-label={t(key)} />
      <span className="contact-value">
        <Address value={point.value} />
      </span>
      <span className={`proof ${proof.className}`}>
        <proof.icon size={14} aria-hidden="true" />
        {t(proof.key)}
      </span>
    </li>
  )
}
