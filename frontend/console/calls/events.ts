/** What the log says of calls, beside the sentence: when, which attempt, why, how long, what came of it. */
import type { EntryEvent } from '../api/types'
import type { Format, Key, Translate } from '../i18n'
import { clock } from './call'
import type { Disposition } from './types'
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
  no_phone: 'reason.no_phone',
}

/** The details in words, in a fixed order; what this console does not know is left out. */
export function callDetails(event: EntryEvent, t: Translate, format: Format): string[] {
  const { at, until, attempt, reason, seconds, disposition } = event
  const why = REASONS[String(reason)]
  const result = DISPOSITIONS[disposition as Disposition]
  return [
    typeof at === 'string' ? format.exact(at) : '',
    typeof until === 'string' ? t('event.call_until', { time: format.exact(until) }) : '',
    typeof attempt === 'number' ? t('event.call_attempt', { n: attempt }) : '',
    why ? t(why) : '',
    typeof seconds === 'number' ? clock(seconds) : '',
    result ? t(result) : '',
  ].filter(Boolean)
}
