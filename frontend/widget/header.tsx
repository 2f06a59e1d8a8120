import type { ComponentChildren } from 'preact'
import { clockTime, type Language } from '../shared/i18n'
import { ownPromise } from './chat'
import type { Config } from './config'
import { Icon } from './icons'
import { useStore, useWidget } from './widget'

interface HeaderProps {
  onBack?: () => void
  children: ComponentChildren
}

export function Header({ onBack, children }: HeaderProps) {
  const { t, close } = useWidget()
  return (
    <div class="head">
      {onBack && (
        <button type="button" class="tool" aria-label={t('back')} onClick={onBack}>
          <Icon name="left" />
        </button>
      )}
      <div class="title">{children}</div>
      <button type="button" class="tool" aria-label={t('close')} onClick={close}>
        <Icon name="close" />
      </button>
    </div>
  )
}

/** Who is there and how long it takes, in words. Who has an agent wants to know of no other. */
export function Availability({ agent }: { agent?: string | null }) {
  const { t, settings, config: store } = useWidget()
  const config = useStore(store)
  if (agent)
    return (
      <p class="availability">
        <span class="dot here" />
        {t('withYou', { name: agent })}
      </p>
    )
  if (!config) return null
  const here = isStaffed(config)
  const back = !config.open && config.opens_at ? t('opens', { at: dayAndTime(settings.language, config.opens_at) }) : ''
  return (
    <p class="availability">
      <span class={here ? 'dot here' : 'dot'} />
      {[t(here ? 'here' : 'away'), back].filter(Boolean).join(' · ')}
    </p>
  )
}

/** By when there is an answer: what was said to this visitor while a conversation runs, else what holds for all. */
export function usePromise(): string {
  const { settings, chat } = useWidget()
  const general = useStore(useWidget().config)?.promise?.[`text_${settings.language}`] ?? ''
  const state = useStore(chat.state)
  return chat.isRunning() ? ownPromise(state, settings.language) : general
}

export const isStaffed = (config: Config): boolean => config.open && config.agents

function dayAndTime(language: Language, at: string): string {
  const today = new Date().toDateString() === new Date(at).toDateString()
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'long' }).format(new Date(at))
  return today ? clockTime(language, at) : `${weekday} ${clockTime(language, at)}`
}
