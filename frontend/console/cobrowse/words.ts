/** What the server names, in words. */
import type { Key, Translate } from '../i18n'

const SCOPES: Record<string, Key> = {
  view: 'cobrowse.scope_view',
  point: 'cobrowse.scope_point',
  control: 'cobrowse.scope_control',
  record: 'cobrowse.scope_record',
  p2p: 'cobrowse.scope_p2p',
}
const REASONS: Record<string, Key> = {
  customer: 'cobrowse.ended_customer',
  agent: 'cobrowse.ended_agent',
  supervisor: 'cobrowse.ended_supervisor',
  denied: 'cobrowse.ended_denied',
  timeout_consent: 'cobrowse.ended_timeout_consent',
  timeout_code: 'cobrowse.ended_timeout_code',
  idle: 'cobrowse.ended_idle',
  hard_limit: 'cobrowse.ended_hard_limit',
  customer_gone: 'cobrowse.ended_customer_gone',
  agents_gone: 'cobrowse.ended_agents_gone',
  violation: 'cobrowse.ended_violation',
  closed: 'cobrowse.ended_closed',
}

export function scopeWords(scope: unknown, t: Translate): string {
  const known = typeof scope === 'string' ? SCOPES[scope] : undefined
  return known ? t(known) : ''
}

/** More than looking, which is part of every session. */
export function scopesWords(scopes: unknown, t: Translate): string {
  const names = Array.isArray(scopes) ? scopes.filter((scope) => scope !== 'view') : []
  return names
    .map((scope) => scopeWords(scope, t))
    .filter(Boolean)
    .join(', ')
}

export function reasonWords(reason: unknown, by: string, t: Translate): string {
  const known = typeof reason === 'string' ? REASONS[reason] : undefined
  return t(known ?? 'cobrowse.ended_other', { by: by || t('event.somebody') })
}
