import type { ComponentChildren } from 'preact'
import { timeAndDay } from '../shared/i18n'
import { useStore } from '../shared/use-store'
import { ownPromise } from './chat'
import type { Config } from './config'
import { Icon } from './icons'
import { useWidget } from './widget'

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
  const back = config.opens_at
  return (
    <p class="availability">
      <span class={here ? 'dot here' : 'dot'} />
      {t(here ? 'here' : 'away')}
      {back && ` · ${t('opens', { at: timeAndDay(settings.language, back) })}`}
    </p>
  )
}

/** By when there is an answer: what was said to this visitor while a conversation runs, else what holds for all. */
export function usePromise(): string {
  const { t, settings, chat } = useWidget()
  const { promise: general } = useStore(useWidget().config) ?? {}
  const state = useStore(chat.state)
  const promise = chat.isRunning() ? ownPromise(state) : general
  return promise
    ? (promise[`text_${settings.language}`] ?? t('promised', { at: timeAndDay(settings.language, promise.by) }))
    : ''
}

export const isStaffed = (config: Config): boolean => config.open && config.agents
