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
  409: 'error.conflict',
  413: 'error.too_large',
  422: 'error.invalid',
  429: 'error.too_many',
  503: 'error.too_many',
}
const BY_CODE: Record<string, Key> = {
  address_taken: 'error.address_taken',
  already_taken: 'error.already_taken',
  article_changed: 'error.article_changed',
  article_state: 'error.article_state',
  article_was_published: 'error.article_was_published',
  call_added: 'error.call_added',
  call_asked: 'error.call_asked',
  call_mine: 'error.call_mine',
  call_not_over: 'error.call_not_over',
  call_was_inbound: 'error.call_was_inbound',
  callback_in_talk: 'error.callback_in_talk',
  callback_over: 'error.callback_over',
  callback_ringing: 'error.callback_ringing',
  cobrowse_off: 'error.cobrowse_off',
  invalid_calling_hours: 'error.invalid_calling_hours',
  line_off: 'error.line_off',
  no_try_left: 'error.no_try_left',
  not_your_call: 'error.not_your_call',
  open_already: 'error.open_already',
  shown_elsewhere: 'error.shown_elsewhere',
  team_in_use: 'error.team_in_use',
  wrap_up_over: 'error.wrap_up_over',
  wrong_code: 'error.wrong_code',
  wrong_leg_stage: 'error.wrong_leg_stage',
  wrong_stage: 'error.wrong_stage',
  call_not_added: 'error.call_not_added',
  call_not_connected: 'error.call_not_connected',
  call_on_hold: 'error.call_on_hold',
  call_over: 'error.call_over',
  call_supervised: 'error.call_supervised',
  call_transferring: 'error.call_transferring',
  callback_open: 'error.callback_open',
  closed: 'error.closed',
  codes_locked: 'error.codes_locked',
  delivery_failed: 'error.delivery',
  file_in_use: 'error.file_in_use',
  files_waiting: 'error.files_waiting',
  invalid_calendar: 'error.invalid_calendar',
  last_administrator: 'error.last_administrator',
  line_limit: 'error.line_limit',
  mailbox_used: 'error.mailbox_used',
  match_decided: 'error.match_decided',
  merge_undone: 'error.merge_undone',
  model_in_use: 'error.model_in_use',
  needs_publisher: 'error.needs_publisher',
  newer_conversation: 'error.newer_conversation',
  no_hour: 'error.no_hour',
  no_page: 'error.no_page',
  no_phone: 'error.no_phone',
  not_yours: 'error.not_yours',
  number_costly: 'error.number_costly',
  number_country: 'error.number_country',
  number_do_not_call: 'error.number_do_not_call',
  number_ours: 'error.number_ours',
  number_emergency: 'error.number_emergency',
  number_invalid: 'error.number_invalid',
  number_missing: 'error.number_missing',
  number_not_a_person: 'error.number_not_a_person',
  number_too_long: 'error.number_too_long',
  number_too_short: 'error.number_too_short',
  number_unreadable: 'error.number_unreadable',
  number_without_country_code: 'error.number_without_country_code',
  number_worldwide: 'error.number_worldwide',
  offer_over: 'error.offer_over',
  one_customer: 'error.one_customer',
  outside_hours: 'error.outside_hours',
  page_expired: 'error.page_expired',
  phone_engaged: 'error.phone_engaged',
  product_in_use: 'error.product_in_use',
  recording: 'error.recording',
  recording_deleted: 'error.recording_deleted',
  recording_off: 'error.recording_off',
  recording_refused: 'error.recording_refused',
  recording_third: 'error.recording_third',
  role_built_in: 'error.role_built_in',
  role_in_use: 'error.role_in_use',
  serial_taken: 'error.serial_taken',
  slot_full: 'error.slot_full',
  slot_not_offered: 'error.slot_not_offered',
  take_first: 'error.take_first',
  team_busy: 'error.team_busy',
  too_many_files: 'error.too_many_files',
  wrong_state: 'error.wrong_state',
}

/** Where the server knows more than the kind of failure. */
const TELLING = new Set([400, 422])

/** The server writes its sentences in English: readers of another language get ours for the same code. */
export function speaksEnglish(): boolean {
  return !document.documentElement.lang.startsWith('de')
}

/** Our sentence for this very error, else the server's own where its readers know its language, else one for its kind. */
export function describeError(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return t('error.unknown')
  const users = usersOf(error.details)
  if (users) {
    return t(error.code === 'team_in_use' ? 'error.team_in_use' : 'error.hours_in_use', { where: users.join(', ') })
  }
  const known = BY_CODE[error.code]
  if (known) return t(known)
  if (speaksEnglish() && error.message) {
    if (error.status === 409) return t('error.conflict_with', { reason: error.message })
    if (TELLING.has(error.status)) return error.message
  }
  return t(BY_STATUS[error.status] ?? 'error.server')
}

/** Where opening hours or a team that cannot be deleted are still used. */
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
