import { useEffect, useState } from 'preact/hooks'
import { useStore } from '../shared/use-store'
import { Composer } from './composer'
import { ContactCard } from './contact'
import { Availability, Header, usePromise } from './header'
import { Icon } from './icons'
import { Log } from './log'
import { useWidget } from './widget'

export function ChatView() {
  const { t, view, chat, live } = useWidget()
  const { c, now, entries } = useStore(chat.state)
  const config = useStore(useWidget().config)
  const outbox = useStore(live.outbox)
  const [asking, setAsking] = useState(false)
  const promise = usePromise()
  const closed = now?.state === 'closed'
  const isNew = !entries.length && !outbox.length && !chat.isRunning()
  useEffect(chat.wake, [])

  const end = (): void => {
    setAsking(false)
    chat.end().catch(() => {})
  }
  return (
    <>
      <Header onBack={() => view.set({ name: 'home', q: '' })}>
        <span>{config?.name}</span>
        <Availability agent={closed ? null : now?.agent} />
      </Header>
      <ConnectionBanner />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <div class="body chat" tabIndex={0}>
        <div class="page">
          {isNew && (
            <div class="intro">
              <p>
                {t('first')} {config?.mail && t('firstMail')}
              </p>
              {promise && <p class="muted small">{promise}</p>}
            </div>
          )}
          <Log />
          {!closed && <ContactCard />}
        </div>
      </div>
      {closed ? (
        <div class="base ended">
          <button type="button" class="primary" data-focus onClick={chat.startAnew}>
            {t('anew')}
          </button>
        </div>
      ) : (
        <Composer isNew={isNew} />
      )}
      {c && !closed && (
        <div class="end">
          {asking && <span>{t('endSure')}</span>}
          <button type="button" class="link" onClick={asking ? end : () => setAsking(true)}>
            {t('end')}
          </button>
          {asking && (
            <button type="button" class="link" onClick={() => setAsking(false)}>
              {t('keep')}
            </button>
          )}
        </div>
      )}
    </>
  )
}

/** A short interruption is nobody's concern: the banner comes after 1.5 s. */
function ConnectionBanner() {
  const { t, live } = useWidget()
  const status = useStore(live.status)
  const [late, setLate] = useState(false)
  const online = status === 'online'
  useEffect(() => {
    setLate(false)
    if (online) return
    const timer = setTimeout(() => setLate(true), 1500)
    return () => clearTimeout(timer)
  }, [online])
  const text = status === 'refused' ? t('refused') : late && !online ? t('offline') : ''
  return (
    <div role="status">
      {text && (
        <p class="notice warn">
          <Icon name="alert" size={16} />
          <span>{text}</span>
        </p>
      )}
    </div>
  )
}
