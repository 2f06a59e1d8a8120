import { useEffect, useState } from 'react'
import { useI18n } from '../i18n'

const RADIUS = 18
const ROUND = 2 * Math.PI * RADIUS
const STEP_MS = 200

/** A ring that empties until the offer lapses (`until` in milliseconds); the seconds stand inside. */
export function Countdown({ until, seconds }: { until: number; seconds: number }) {
  const { t } = useI18n()
  const left = useSecondsLeft(until)
  const share = Math.max(0, Math.min(1, left / Math.max(1, seconds)))
  return (
    <span
      className={left <= 5 ? 'countdown countdown-late' : 'countdown'}
      role="timer"
      aria-label={t('offer.left', { n: Math.ceil(left) })}
    >
      <svg viewBox="0 0 44 44" width="44" height="44" aria-hidden="true">
        <circle className="countdown-track" cx="22" cy="22" r={RADIUS} />
        <circle
          className="countdown-ring"
          cx="22"
          cy="22"
          r={RADIUS}
          strokeDasharray={ROUND}
          strokeDashoffset={ROUND * (1 - share)}
        />
      </svg>
      <span aria-hidden="true">{Math.ceil(left)}</span>
    </span>
  )
}

function useSecondsLeft(until: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), STEP_MS)
    return () => clearInterval(timer)
  }, [])
  return Math.max(0, (until - now) / 1000)
}
