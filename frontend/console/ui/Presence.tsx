import { CircleCheck, CircleDashed, CircleMinus, CirclePause, type LucideIcon } from 'lucide-react'
import type { Presence } from '../api/types'
import { type Key, useI18n } from '../i18n'

const STATES: Record<Presence, { icon: LucideIcon; key: Key }> = {
  available: { icon: CircleCheck, key: 'presence.available' },
  busy: { icon: CircleMinus, key: 'presence.busy' },
  away: { icon: CirclePause, key: 'presence.away' },
  offline: { icon: CircleDashed, key: 'presence.offline' },
}

/** Whether somebody is there, by icon and word. */
export function PresenceBadge({ presence }: { presence: Presence }) {
  const { t } = useI18n()
  const { icon: Icon, key } = STATES[presence] ?? STATES.offline
  return (
    <span className={`presence presence-${presence}`}>
      <Icon size={14} aria-hidden="true" />
      {t(key)}
    </span>
  )
}
