/** How a wish to be called stands, in words. Pure. */
import type { Format, Key, Translate } from '../i18n'
import type { Call, CallRequest, RequestStage } from './types'

const STAGES: Record<RequestStage, Key> = {
  scheduled: 'request.scheduled',
  due: 'request.due',
  claimed: 'request.claimed',
  dialling: 'request.dialling',
  unknown: 'request.dialling',
  connected: 'request.connected',
  wrapup: 'request.wrapup',
  retry_wait: 'request.retry_wait',
  done: 'request.done',
  cancelled: 'request.cancelled',
  expired: 'request.expired',
  refused: 'request.refused',
  failed: 'request.failed',
}
const OUTCOMES: Record<string, Key> = {
  talked: 'outcome.talked',
  busy: 'outcome.busy',
  no_answer: 'outcome.no_answer',
  machine: 'outcome.machine',
  failed: 'outcome.failed',
  invalid: 'outcome.invalid',
  refused: 'outcome.refused',
  agent_missed: 'outcome.agent_missed',
  cancelled: 'outcome.cancelled',
  lost: 'outcome.lost',
  moved: 'outcome.moved',
  voicemail: 'outcome.voicemail',
  hung_up: 'outcome.hung_up',
}
/** Nobody is on the telephone with them, so that it can be moved or called off. */
const WAITING = new Set<RequestStage>(['scheduled', 'due', 'retry_wait', 'claimed'])
const PLANNED = new Set<RequestStage>(['scheduled', 'retry_wait'])

export function stageWords(stage: RequestStage, t: Translate): string {
  return t(STAGES[stage] ?? 'request.other')
}

export function outcomeKey(call: Call): Key {
  return OUTCOMES[call.outcome] ?? 'outcome.other'
}

/** Whether it has a time of its own to wait for. */
export function isPlanned(request: CallRequest): boolean {
  return PLANNED.has(request.stage)
}

export function mayBeChanged(request: CallRequest): boolean {
  return WAITING.has(request.stage)
}

export type Promise = { level: 'none' | 'ok' | 'bad'; text: string }

/** The promise: by when, kept, or how late. */
export function promiseOf(request: CallRequest, t: Translate, format: Format): Promise {
  const late = request.late_seconds
  if (late === null) return { level: 'none', text: t('promise.called_off') }
  if (late > 0) {
    const time = spanOf(late, format)
    return { level: 'bad', text: t(request.connected_at ? 'promise.was_late' : 'promise.is_late', { time }) }
  }
  if (request.connected_at) return { level: 'ok', text: t('promise.kept') }
  if (request.wanted_at) return { level: 'none', text: t('promise.slot', slotOf(request, format)) }
  return { level: 'none', text: t('promise.by', { time: format.exact(request.promised_at) }) }
}

function slotOf(request: CallRequest, format: Format): { from: string; to: string } {
  return { from: format.exact(request.wanted_at ?? ''), to: format.clock(request.promised_at) }
}

/** "12 min": so long. */
export function spanOf(seconds: number, format: Format): string {
  return format.ago(new Date(0).toISOString(), seconds * 1000)
}

/** "14:30" today, else with its date. */
export function soonTime(at: string, now: number, format: Format): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString()
  return isToday ? format.clock(at) : format.exact(at)
}
