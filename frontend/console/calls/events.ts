/** What the log says of calls, beside the sentence: when, which attempt, why, how long, what came of it. */
import type { EntryEvent } from '../api/types'
import type { Format, Key, Translate } from '../i18n'
import { clock } from './call'
import { DISPOSITIONS } from './words'

const REASONS: Record<string, Key> = {
  busy: 'reason.busy',
  no_answer: 'reason.no_answer',
  machine: 'reason.machine',
  failed: 'reason.failed',
  invalid: 'reason.invalid',
  refused: 'reason.refused',
  agent_missed: 'reason.agent_missed',
  do_not_call: 'reason.do_not_call',
  window: 'reason.window',
  paused: 'reason.paused',
  max_attempts: 'reason.max_attempts',
  cancelled: 'reason.cancelled',
  closed: 'reason.closed',
  expired: 'reason.expired',
  hung_up: 'reason.hung_up',
  lost: 'reason.lost',
  moved: 'reason.moved',
  no_hours: 'reason.no_hours',
  agent_without_phone: 'reason.no_phone',
}

const PARTIES: Record<string, Key> = {
  customer: 'call.customer',
  agent: 'party.agent',
  colleague: 'party.colleague',
}
const HOWS: Record<string, Key> = { listen: 'call.listen', whisper: 'call.whisper', barge: 'call.barge' }

/** The name under which an event is said: who was asked may have declined. */
export function callEvent(event: EntryEvent): string {
  return event.name === 'recording_consent' && event.given === false ? 'recording_declined' : event.name
}

/** The details in words, in a fixed order; what this console does not know is left out. */
export function callDetails(event: EntryEvent, t: Translate, format: Format): string[] {
  const { at, wanted_at, until, attempt, reason, seconds, disposition, party, how } = event
  return [
    said(PARTIES, party, t),
    said(HOWS, how, t),
    timeOf(event.name === 'recording_consent' ? null : (wanted_at ?? at), format),
    typeof until === 'string' ? t('event.call_until', { time: format.exact(until) }) : '',
    typeof attempt === 'number' ? t('event.call_attempt', { n: attempt }) : '',
    said(REASONS, reason, t),
    typeof seconds === 'number' ? clock(seconds) : '',
    said(DISPOSITIONS, disposition, t),
    event.name === 'call_transcribed' && typeof event.text === 'string' ? event.text : '',
  ].filter(Boolean)
}

function said(words: Record<string, Key>, value: unknown, t: Translate): string {
  const known = typeof value === 'string' ? words[value] : undefined
  return known ? t(known) : ''
}

function timeOf(value: unknown, format: Format): string {
  return typeof value === 'string' ? format.exact(value) : ''
}
