import { CircleAlert, CircleCheckBig, CircleDot, Phone } from 'lucide-react'
import type { Row } from '../api/types'
import { useMe } from '../app/me'
import { type Key, useI18n } from '../i18n'
import { useNow } from '../ui/clock'
import { CallClock } from './CallClock'
import { CallControls } from './CallControls'
import { isLive, liveLegs } from './call'
import { RequestActions } from './RequestActions'
import { isPlanned, outcomeKey, promiseOf, soonTime, stageWords } from './request'
import { Stopped } from './Stopped'
import type { Call, CallRequest } from './types'
import { useCallback } from './useCalls'
import { WrapUp } from './WrapUp'

const RECORDING: Partial<Record<Call['recording'], Key>> = {
  asked: 'call.recording_asked',
  starting: 'call.recording_asked',
  on: 'call.recording',
  paused: 'call.recording_paused',
}

/** In an interaction by telephone: who is to be called, how the promise stands, and the call that is under way. */
export function CallPanel({ row }: { row: Row }) {
  const { t } = useI18n()
  const me = useMe()
  const found = useCallback(row.id, row.channel === 'callback')
  if (!found.data) return null
  const { request, calls } = found.data
  const last = calls.at(-1)
  const live = calls.find(isLive)
  const unwritten = calls.find((call) => call.stage === 'wrapup')
  const current = live ?? unwritten
  if (!request && !last) return null
  return (
    <section className="call-panel" aria-label={t('call.label')}>
      <Stopped line={request?.line.id ?? last?.line.id ?? ''} />
      <div className="call-panel-head">
        <p className="call-number">
          <Phone size={16} aria-hidden="true" />
          <strong>{request?.number || last?.number || t('call.withheld')}</strong>
          <span className="muted">{request?.line.name ?? last?.line.name}</span>
        </p>
        {current ? <CallClock call={current} /> : request && <RequestState request={request} />}
      </div>
      {live && <People call={live} />}
      {live && <CallControls call={live} />}
      {!current && request && <RequestActions request={request} />}
      {unwritten && !live && unwritten.agent?.id === me.id && <WrapUp key={unwritten.id} call={unwritten} />}
      {!current && last && last.ended_at && <LastCall call={last} />}
    </section>
  )
}

/** Everybody on the line: of whom one may be on hold, muted or only listening. */
function People({ call }: { call: Call }) {
  const { t } = useI18n()
  const me = useMe()
  const legs = liveLegs(call)
  const recording = RECORDING[call.recording]
  if (legs.length === 0) return null
  return (
    <ul className="call-people">
      {legs.map((leg) => (
        <li key={leg.id} className="badge">
          {leg.user === me.id ? t('queue.you') : leg.name || (leg.party === 'customer' ? t('call.customer') : leg.to)}
          {leg.stage !== 'answered' && <span> · {t('call.rings')}</span>}
          {leg.on_hold && <span> · {t('call.on_hold')}</span>}
          {leg.muted && <span> · {t('call.muted')}</span>}
          {leg.party === 'supervisor' && leg.listens === 'listen' && <span> · {t('call.listen')}</span>}
        </li>
      ))}
      {recording && (
        <li className="badge badge-bad">
          <CircleDot size={12} aria-hidden="true" />
          {t(recording)}
        </li>
      )}
    </ul>
  )
}

/** Where the request stands: by when, how often it was tried, when it is tried next. */
export function RequestState({ request }: { request: CallRequest }) {
  const { t, format } = useI18n()
  const now = useNow()
  const promise = promiseOf(request, t, format)
  const next = isPlanned(request) && request.next_at ? soonTime(request.next_at, now, format) : ''
  const ended = request.ended_at ? soonTime(request.ended_at, now, format) : ''
  return (
    <p className="request-state">
      <span className="badge">{stageWords(request.stage, t)}</span>
      <span className={`request-promise promise-${promise.level}`}>
        {promise.level === 'bad' && <CircleAlert size={14} aria-hidden="true" />}
        {promise.level === 'ok' && <CircleCheckBig size={14} aria-hidden="true" />}
        {promise.text}
      </span>
      <span className="muted">
        {t('request.attempts', { n: request.calls_made, most: request.max_attempts })}
        {next && ` · ${t('request.next', { time: next })}`}
        {ended && ` · ${t('request.ended', { time: ended })}`}
      </span>
    </p>
  )
}

function LastCall({ call }: { call: Call }) {
  const { t, format } = useI18n()
  return (
    <p className="muted call-last">
      {t('call.last', { time: format.exact(call.started_at), outcome: t(outcomeKey(call)) })}
    </p>
  )
}
