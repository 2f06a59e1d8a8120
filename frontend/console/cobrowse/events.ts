/** What the log says of a customer's page that was shown. */
import { EyeOff, type LucideIcon, MonitorSmartphone, ShieldCheck, ShieldX } from 'lucide-react'
import type { EntryEvent } from '../api/types'
import { clock } from '../calls/call'
import type { Key, Translate } from '../i18n'
import { reasonWords, scopesWords, scopeWords } from './words'

type Line = { icon: LucideIcon; text: string }

const DECISIONS: Record<string, { icon: LucideIcon; key: Key }> = {
  granted: { icon: ShieldCheck, key: 'event.cobrowse_granted' },
  denied: { icon: ShieldX, key: 'event.cobrowse_denied' },
  revoked: { icon: ShieldX, key: 'event.cobrowse_revoked' },
}

export const isCobrowse = (event: EntryEvent): boolean => event.name in LINES

export function cobrowseLine(event: EntryEvent, t: Translate): Line {
  return (LINES[event.name] ?? ended)(event, t)
}

function started(event: EntryEvent, t: Translate): Line {
  return { icon: MonitorSmartphone, text: t('event.cobrowse_started', { by: nameOf(event.by, t) }) }
}

function scope(event: EntryEvent, t: Translate): Line {
  const { icon, key } = DECISIONS[String(event.decision)] ?? { icon: ShieldX, key: 'event.cobrowse_revoked' }
  return { icon, text: t(key, { by: nameOf(event.by, t), scope: scopeWords(event.scope, t) }) }
}

function ended(event: EntryEvent, t: Translate): Line {
  const { agents, seconds, scopes, reason } = event
  const details = [
    reasonWords(reason, nameOf(event.by, t), t),
    typeof seconds === 'number' && seconds > 0 ? clock(seconds) : '',
    scopesWords(scopes, t),
    Array.isArray(agents) ? agents.join(', ') : '',
  ]
  return { icon: EyeOff, text: details.filter(Boolean).join(' · ') }
}

/** Who did it; the page or the clock may have done it as well. */
function nameOf(by: unknown, t: Translate): string {
  if (by === 'customer') return t('event.by_customer')
  return typeof by === 'string' && by !== 'system' ? by : t('event.cobrowse_itself')
}

const LINES: Record<string, (event: EntryEvent, t: Translate) => Line> = {
  cobrowse_started: started,
  cobrowse_scope: scope,
  cobrowse_ended: ended,
}
