/** The sentence of each event in the log. */
import {
  ArrowRightLeft,
  CircleCheckBig,
  CircleDot,
  CircleSlash,
  Hand,
  Hourglass,
  type LucideIcon,
  RotateCcw,
  ShieldAlert,
  TimerOff,
  Undo2,
  UserRoundPen,
} from 'lucide-react'
import type { EntryEvent } from '../api/types'
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
}

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
  const known = EVENTS[event.name]
  if (!known) return { icon: CircleDot, text: t('event.other') }
  const by = event.by === 'customer' ? t('event.by_customer') : (event.by ?? '')
  const key = by || !known.alone ? known.key : known.alone
  return { icon: known.icon, text: t(key, { by, to: event.to ?? t('event.somebody'), ...facts(event, t, format) }) }
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
