/** The one place that turns a failure into a sentence for people, and says it. */
import { ApiError, type FieldErrors } from '../api/client'
import type { Key, Translate } from '../i18n'
import { showToast } from '../ui/toast'

const BY_STATUS: Record<number, Key> = {
  0: 'error.unreachable',
  401: 'error.signed_out',
  403: 'error.forbidden',
  404: 'error.not_found',
  409: 'error.conflict',
  413: 'error.too_large',
  422: 'error.invalid',
  429: 'error.too_many',
}

/** Where the server knows more than the kind of failure. */
const TELLING = new Set([400, 422])

/** The server's own sentence where it has one for people, else ours for the kind of failure. */
export function describeError(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return t('error.unknown')
  if (error.status === 409 && error.message) return t('error.conflict_with', { reason: error.message })
  if (TELLING.has(error.status) && error.message) return error.message
  return t(BY_STATUS[error.status] ?? 'error.server')
}

/** One sentence for each refused field of a form. */
export function describeFields(error: unknown, t: Translate): FieldErrors {
  const fields = error instanceof ApiError ? error.fields : {}
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text || t('form.check')]))
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
