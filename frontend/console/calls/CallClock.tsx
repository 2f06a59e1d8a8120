import { useEffect, useState } from 'react'
import { useMe } from '../app/me'
import { useI18n } from '../i18n'
import { useLive } from '../live/context'
import { clock, secondsShown, stageKey } from './call'
import type { Call } from './types'

const STEP_MS = 500

/** Where a call stands, in words with a running clock: "Talking 2:31", "Wrap-up, 0:45 left". */
export function CallClock({ call }: { call: Call }) {
  const { t } = useI18n()
  const me = useMe()
  const now = useServerNow()
  const words = t(stageKey(call, me.id, now), {
    agent: call.agent?.name ?? '',
    time: clock(secondsShown(call, now)),
  })
  return (
    <span className={`call-stage call-stage-${call.stage}`}>
      <span className="call-dot" aria-hidden="true" />
      <span>{words}</span>
      {call.stage !== 'wrapup' && call.stage !== 'ended' && (
        <span className="call-time" role="timer">
          {clock(secondsShown(call, now))}
        </span>
      )}
    </span>
  )
}

function useServerNow(): number {
  const live = useLive()
  const [now, setNow] = useState(live.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(live.now()), STEP_MS)
    return () => clearInterval(timer)
  }, [live])
  return now
}
