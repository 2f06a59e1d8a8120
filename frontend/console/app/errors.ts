/** The one place that turns a failure into a sentence for people, and says it. */
import { ApiError, type FieldErrors } from '../api/client'
import type { Key, Translate } from '../i18n'
import { showToast } from '../ui/toast'
import { fieldProblem } from './fieldProblem'

const BY_STATUS: Record<number, Key> = {
  0: 'error.unreachable',
  401: 'error.signed_out',
  403: 'error.forbidden',
  404: 'error.not_found',
  409: 'error.in_use',
  413: 'error.too_large',
  422: 'error.invalid',
  429: 'error.too_many',
  503: 'error.too_many',
}
const BY_CODE: Record<string, Key> = {
  already_taken: 'error.already_taken',
  closed: 'error.closed',
  conflict: 'error.in_use',
  delivery_failed: 'error.delivery',
  invalid_calendar: 'error.invalid_calendar',
}

/** Where the server knows more than the kind of failure. */
const TELLING = new Set([400, 422])

/** The server writes its sentences in English: readers of another language get ours for the same code. */
export function speaksEnglish(): boolean {
  return !document.documentElement.lang.startsWith('de')
}

/** The server's own sentence where it has one for people, else ours for the kind of failure. */
export function describeError(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return t('error.unknown')
  const users = usersOf(error.details)
  if (users) return t('error.hours_in_use', { where: users.join(', ') })
  if (speaksEnglish() && error.message) {
    if (error.status === 409) return t('error.conflict_with', { reason: error.message })
    if (TELLING.has(error.status)) return error.message
  }
  return t(BY_CODE[error.code] ?? BY_STATUS[error.status] ?? 'error.server')
}

/** Where opening hours that cannot be deleted are still used. */
function usersOf(details: unknown): string[] | null {
  const users = (details as { used_by?: unknown } | null)?.used_by
  return Array.isArray(users) ? users.map(String) : null
}

/** One sentence for each refused field of a form. */
export function describeFields(error: unknown, t: Translate): FieldErrors {
  const fields = error instanceof ApiError ? error.fields : {}
  return Object.fromEntries(
    Object.entries(fields).map(([name, problem]) => {
      const known = fieldProblem(name, problem, speaksEnglish())
      return [name, known === null ? problem : t(known)]
    }),
  )
}

export function reportError(error: unknown, t: Translate): void {
  if (isSignedOut(error)) signInAgain()
  else showToast('bad', describeError(error, t))
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401
}

/** Leaves for the sign-in page and comes back to where one was. */
export function signInAgain(): void {
  const here = `${location.pathname}${location.search}`
  location.assign(`/accounts/login/?next=${encodeURIComponent(here)}`)
}
