import { ChevronDown, CircleCheck, CircleMinus, CirclePause } from 'lucide-react'
import type { Wanted } from '../api/types'
import { type Key, useI18n } from '../i18n'
import { Menu, MenuChoices } from '../ui/Menu'
import { useChangeStatus, useMe } from './me'

const STATES: { value: Wanted; key: Key; icon: typeof CircleCheck }[] = [
  { value: 'available', key: 'presence.available', icon: CircleCheck },
  { value: 'busy', key: 'presence.busy', icon: CircleMinus },
  { value: 'away', key: 'presence.away', icon: CirclePause },
]

/** Whether new work is offered to this person. */
export function Availability() {
  const { t } = useI18n()
  const { wanted } = useMe()
  const change = useChangeStatus()
  const current = STATES.find((state) => state.value === wanted) ?? STATES[2]
  if (!current) return null
  const Icon = current.icon
  const trigger = (
    <button
      type="button"
      className={`status-button status-${wanted}`}
      aria-label={t('presence.label', { state: t(current.key) })}
    >
      <Icon size={16} aria-hidden="true" />
      <span className="status-text">{t(current.key)}</span>
      <ChevronDown size={14} aria-hidden="true" />
    </button>
  )
  return (
    <Menu trigger={trigger}>
      <MenuChoices
        label={t('presence.question')}
        value={wanted}
        onChange={(value) => change.mutate({ wanted: value as Wanted })}
        choices={STATES.map(({ value, key, icon: StateIcon }) => ({
          value,
          label: t(key),
          icon: <StateIcon size={16} aria-hidden="true" className={`presence-${value}`} />,
        }))}
      />
    </Menu>
  )
}
