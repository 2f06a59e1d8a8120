/** Above a recorded page: what it is, and how it is played. */
import { useStore } from '../../shared/use-store'
import { Icon } from '../icons'
import { Drawn } from '../surface'
import { type Player, SPEEDS } from './player'
import { type TextKey, texts } from './texts'

export function Controls({ player }: { player: Player }) {
  const { t, language } = player
  const about = useStore(player.about)
  const { phase } = useStore(player.playing)
  const time = (at: string): string =>
    new Date(at).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })
  return (
    <>
      <div class="bar">
        <h1 class="clip">{t('title', { name: about?.customer || t('unnamed') })}</h1>
        {about && (
          <>
            <span class="chip plain">{t('recorded', { time: time(about.started_at) })}</span>
            {about.agents.length > 0 && (
              <span class="chip plain">
                <Icon name="people" />
                <span class="clip">{t('watched', { names: about.agents.join(', ') })}</span>
              </span>
            )}
            <span class="chip plain">
              <Icon name="clock" />
              {t('until', { time: time(about.until) })}
            </span>
          </>
        )}
      </div>
      {phase === 'ready' && <Transport player={player} />}
    </>
  )
}

function Transport({ player }: { player: Player }) {
  const { t, toggle, seek, quicken } = player
  const { at, from, until, isPlaying, isWaiting, speed } = useStore(player.playing)
  const words = t('of', { at: clock(at - from), length: clock(until - from) })
  return (
    <section class="toolbar transport" aria-label={t('controls')}>
      <button type="button" class="button" onClick={toggle}>
        <Icon name={isPlaying ? 'pause' : 'play'} />
        {t(isPlaying ? 'pause' : 'play')}
      </button>
      <input
        type="range"
        min={from}
        max={until}
        step={1000}
        value={at}
        aria-label={t('place')}
        aria-valuetext={words}
        onInput={(event) => seek(event.currentTarget.valueAsNumber)}
      />
      <span class="time">{words}</span>
      <label class="speed">
        <span class="visually-hidden">{t('speed')}</span>
        <select value={speed} onChange={(event) => quicken(Number(event.currentTarget.value))}>
          {SPEEDS.map((one) => (
            <option key={one} value={one}>
              {one}×
            </option>
          ))}
        </select>
      </label>
      <span class="visually-hidden" role="status">
        {isWaiting ? t('waiting') : ''}
      </span>
    </section>
  )
}

/** What was pointed at; the frame itself gets no pointer. */
export function Over({ player }: { player: Player }) {
  const mark = useStore(player.pointer)
  useStore(player.playing)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a page that is larger than its room is scrolled by keys as well
    <div class="surface tool-look" role="img" aria-label={player.t('page')} tabIndex={0}>
      <Drawn viewer={player} hovered={null} mark={mark} />
    </div>
  )
}

export function Problem({ player }: { player: Player }) {
  const { phase, reason } = useStore(player.playing)
  if (phase === 'ready') return null
  const key = `over_${reason}`
  const words = player.t(phase === 'connecting' ? 'waiting' : key in texts.en ? (key as TextKey) : 'over')
  return (
    <section class="cover">
      <div class="card" role="status">
        <Icon name={phase === 'connecting' ? 'clock' : 'close'} size={28} />
        <p>{words}</p>
      </div>
    </section>
  )
}

/** Minutes and seconds. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
