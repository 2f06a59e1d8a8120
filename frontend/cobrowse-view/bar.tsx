/** Above the page: what goes on, who is there, what was granted. */
import type { Scope } from '../shared/cobrowse/wire'
import { useStore } from '../shared/use-store'
import { Icon, type IconName } from './icons'
import { may, type Phase, type Session } from './session'
import type { TextKey } from './texts'
import { Toolbar } from './toolbar'
import type { Health, T, Viewer } from './viewer'

/** Up to so many milliseconds there and back, and so many frames that wait, a line is good, or fair. */
const GOOD = { ms: 150, behind: 10 }
const FAIR = { ms: 500, behind: 60 }

const TONES: Record<Phase, string> = {
  connecting: 'info',
  waiting: 'warn',
  live: 'good',
  paused: 'warn',
  idle: 'warn',
  customer_away: 'warn',
  ended: 'muted',
  refused: 'bad',
}

export function Bar({ viewer }: { viewer: Viewer }) {
  const session = useStore(viewer.session)
  const { t } = viewer
  return (
    <>
      <div class="bar">
        <h1 class="clip">{t('with', { name: session.customer || t('unnamed') })}</h1>
        <State viewer={viewer} session={session} />
        <Scopes viewer={viewer} session={session} />
        <People t={t} session={session} />
        {session.phase === 'live' && <Quality viewer={viewer} />}
        {session.phase !== 'ended' && session.phase !== 'refused' && (
          <button type="button" class="button danger" onClick={() => viewer.send({ t: 'end' })}>
            <Icon name="close" />
            {t('end')}
          </button>
        )}
      </div>
      {may(session, 'view') && <Toolbar viewer={viewer} session={session} />}
    </>
  )
}

function State({ viewer: { t, picture }, session }: { viewer: Viewer; session: Session }) {
  const isMending = useStore(picture) === 'mending'
  const isDown = !session.online && session.phase !== 'ended' && session.phase !== 'refused'
  const words = isDown && session.phase !== 'connecting' ? t('offline') : t(session.phase)
  return (
    <span class={`chip ${isDown ? 'warn' : TONES[session.phase]}`} role="status">
      <span class="dot" />
      {words}
      {isMending && session.phase === 'live' && ` · ${t('mending')}`}
    </span>
  )
}

const ICONS: Record<Scope, IconName> = { view: 'eye', point: 'pointer', control: 'hand', record: 'clock', p2p: 'line' }

/** Every scope that is granted, and those that are asked for; what is more than looking can be given back. */
function Scopes({ viewer: { t, send }, session }: { viewer: Viewer; session: Session }) {
  const asked = session.asked.filter(({ scope }) => scope !== 'view')
  if (session.scopes.length + asked.length === 0) return null
  return (
    <ul class="scopes" aria-label={t('granted')}>
      {session.scopes.map((scope) => (
        <li key={scope} class="chip good" title={t('granted')}>
          <Icon name={ICONS[scope]} />
          {t(`scope_${scope}`)}
          {scope !== 'view' && (
            <button
              type="button"
              class="chip-button"
              aria-label={t('give_back', { scope: t(`scope_${scope}`) })}
              title={t('give_back', { scope: t(`scope_${scope}`) })}
              onClick={() => send({ t: 'consent.revoke', scope })}
            >
              <Icon name="close" />
            </button>
          )}
        </li>
      ))}
      {asked.map(({ scope }) => (
        <li key={scope} class="chip warn">
          <Icon name="clock" />
          {t('asked', { scope: t(`scope_${scope}`) })}
        </li>
      ))}
    </ul>
  )
}

function People({ t, session }: { t: T; session: Session }) {
  const others = session.agents.filter(({ id }) => id !== session.you).map(({ name }) => name)
  const controller = session.agents.find(({ id }) => id === session.controller)
  return (
    <>
      {others.length > 0 && (
        <span class="chip info">
          <Icon name="people" />
          <span class="clip">{t('also', { names: others.join(', ') })}</span>
        </span>
      )}
      {controller && (
        <span class="chip accent">
          <Icon name="hand" />
          <span class="clip">
            {controller.id === session.you ? t('controls_you') : t('controls', { name: controller.name })}
          </span>
        </span>
      )}
    </>
  )
}

function Quality({ viewer: { t, health } }: { viewer: Viewer }) {
  const known = useStore(health)
  const { roundTrip, behind, direct } = known
  const words =
    roundTrip === null
      ? t('measuring')
      : t(behind > 1 ? 'quality_behind' : 'quality', { words: t(grade(known)), ms: Math.round(roundTrip), n: behind })
  return (
    <span class={`chip plain grade-${grade(known)}`} title={words}>
      <Icon name="line" />
      {roundTrip !== null && <span aria-hidden="true">{Math.round(roundTrip)} ms</span>}
      {direct && <span>{t('direct')}</span>}
      <span class="visually-hidden">{words}</span>
    </span>
  )
}

export function grade({ roundTrip, behind }: Health): Extract<TextKey, 'good' | 'fair' | 'poor'> {
  const within = (limit: { ms: number; behind: number }): boolean =>
    (roundTrip ?? 0) <= limit.ms && behind <= limit.behind
  return within(GOOD) ? 'good' : within(FAIR) ? 'fair' : 'poor'
}
