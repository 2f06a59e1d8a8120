/** The sentence of each event in the log. */
import {
  ArrowRightLeft,
  CalendarClock,
  CircleCheckBig,
  CircleDot,
  CircleSlash,
  Ear,
  Hand,
  Hourglass,
  type LucideIcon,
  Phone,
  PhoneCall,
  PhoneForwarded,
  PhoneIncoming,
  PhoneMissed,
  PhoneOff,
  PhoneOutgoing,
  RotateCcw,
  RotateCw,
  ShieldAlert,
  TimerOff,
  Undo2,
  UserPlus,
  UserRoundPen,
  Voicemail,
} from 'lucide-react'
import type { EntryEvent } from '../api/types'
import { callDetails, callEvent } from '../calls/events'
import { cobrowseLine, isCobrowse } from '../cobrowse/events'
import type { Format, Key, Translate } from '../i18n'

type Known = { icon: LucideIcon; key: Key; alone?: Key }

/** `alone` is the sentence when nobody is named as the one who did it. */
const EVENTS: Record<string, Known> = {
  opened: { icon: CircleDot, key: 'event.opened' },
  offered: { icon: Hourglass, key: 'event.offered' },
  offer_lapsed: { icon: TimerOff, key: 'event.offer_lapsed' },
  offer_declined: { icon: CircleSlash, key: 'event.offer_declined' },
  offer_revoked: { icon: CircleSlash, key: 'event.offer_revoked' },
  assigned: { icon: Hand, key: 'event.assigned' },
  released: { icon: Undo2, key: 'event.released', alone: 'event.released_alone' },
  transferred: { icon: ArrowRightLeft, key: 'event.transferred', alone: 'event.transferred_alone' },
  closed: { icon: CircleCheckBig, key: 'event.closed', alone: 'event.closed_alone' },
  reopened: { icon: RotateCcw, key: 'event.reopened', alone: 'event.reopened_alone' },
  contact_typed: { icon: UserRoundPen, key: 'event.contact_typed' },
  promised: { icon: Hourglass, key: 'event.promised' },
  quarantined: { icon: ShieldAlert, key: 'event.quarantined' },
  call_requested: { icon: PhoneIncoming, key: 'event.call_requested', alone: 'event.call_requested_alone' },
  call_moved: { icon: CalendarClock, key: 'event.call_moved', alone: 'event.call_moved_alone' },
  call_cancelled: { icon: PhoneOff, key: 'event.call_cancelled', alone: 'event.call_cancelled_alone' },
  call_started: { icon: PhoneOutgoing, key: 'event.call_started', alone: 'event.call_started_alone' },
  call_answered: { icon: Phone, key: 'event.call_answered' },
  call_connected: { icon: PhoneCall, key: 'event.call_connected' },
  call_missed: { icon: PhoneMissed, key: 'event.call_missed' },
  call_machine: { icon: Voicemail, key: 'event.call_machine' },
  call_busy: { icon: PhoneMissed, key: 'event.call_busy' },
  call_failed: { icon: PhoneOff, key: 'event.call_failed' },
  call_ended: { icon: PhoneOff, key: 'event.call_ended', alone: 'event.call_ended_alone' },
  call_retry: { icon: RotateCw, key: 'event.call_retry' },
  call_transferred: { icon: PhoneForwarded, key: 'event.call_transferred', alone: 'event.call_transferred_alone' },
  call_added: { icon: UserPlus, key: 'event.call_added', alone: 'event.call_added_alone' },
  call_listened: { icon: Ear, key: 'event.call_listened', alone: 'event.call_listened_alone' },
  call_brought_forward: { icon: CalendarClock, key: 'event.call_forward', alone: 'event.call_forward_alone' },
  call_came_in: { icon: PhoneIncoming, key: 'event.call_came_in' },
  call_transcribed: { icon: Voicemail, key: 'event.call_transcribed' },
  call_recording_lost: { icon: ShieldAlert, key: 'event.call_recording_lost' },
  call_missed_inbound: { icon: PhoneMissed, key: 'event.call_missed_inbound' },
  recording_declined: { icon: CircleSlash, key: 'event.recording_declined' },
  recording_removed: { icon: CircleDot, key: 'event.recording_removed' },
  call_expired: { icon: TimerOff, key: 'event.call_expired' },
  call_refused: { icon: ShieldAlert, key: 'event.call_refused' },
  recording_consent: { icon: CircleCheckBig, key: 'event.recording_consent' },
  recording_kept: { icon: CircleDot, key: 'event.recording_kept' },
  voicemail: { icon: Voicemail, key: 'event.voicemail' },
  do_not_call: { icon: PhoneOff, key: 'event.do_not_call', alone: 'event.do_not_call_alone' },
}

/** What the telephone did has details of its own. */
const CALLS = /^(call_|recording_|voicemail|do_not_call)/

/** Why a message is kept back; the words of a channel that this console does not know are shown as they are. */
const QUARANTINE: Record<string, Key> = {
  too_deep: 'quarantine.too_deep',
  too_many_parts: 'quarantine.too_many_parts',
  long_headers: 'quarantine.long_headers',
  broken: 'quarantine.broken',
  endless: 'quarantine.endless',
  not_processed: 'quarantine.not_processed',
}

/** Icon and sentence of an event; one that this console does not know yet is said in general words. */
export function eventLine(event: EntryEvent, t: Translate, format: Format): { icon: LucideIcon; text: string } {
  if (isCobrowse(event)) return cobrowseLine(event, t)
  const known = EVENTS[callEvent(event)]
  if (!known) return { icon: CircleDot, text: t('event.other') }
  const by = event.by === 'customer' ? t('event.by_customer') : (event.by ?? '')
  const key = by || !known.alone ? known.key : known.alone
  const sentence = t(key, { by, to: event.to ?? t('event.somebody'), ...facts(event, t, format) })
  const details = CALLS.test(event.name) ? callDetails(event, t, format) : []
  return { icon: known.icon, text: [sentence, ...details].join(' · ') }
}

function facts(event: EntryEvent, t: Translate, format: Format): Record<string, string> {
  const reason = textOf(event.reason)
  const said = QUARANTINE[reason]
  return {
    email: textOf(event.email),
    reason: said ? t(said) : reason,
    time: promisedTime(event.promise, format),
  }
}

function promisedTime(promise: unknown, format: Format): string {
  const by = promise !== null && typeof promise === 'object' && 'by' in promise ? textOf(promise.by) : ''
  return by ? format.exact(by) : ''
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
