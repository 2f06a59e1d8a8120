/** What is wrong with a field, from the code or the English sentence that the server gives. Pure. */
import type { Key } from '../i18n'

const CODES: Record<string, Key> = {
  required: 'form.required',
  taken: 'form.taken',
  too_long: 'form.too_long',
  missing: 'form.gone',
}
/** What a field wants, for everything that it can refuse. */
const FIELDS: Record<string, Key> = {
  email: 'form.want_email',
  address: 'form.want_email',
  mail_from: 'form.want_mailbox',
  origins: 'form.want_origin',
  accent: 'form.want_colour',
  hours: 'form.want_hours',
  extra_holidays: 'form.want_dates',
  password: 'form.want_password',
  capacity: 'form.want_number',
  level: 'form.want_number',
  support_level: 'form.want_number',
  title: 'form.want_text',
  meaning: 'form.want_text',
  names: 'form.want_text',
  summary: 'form.too_long',
  keywords: 'form.too_long',
  body: 'form.want_links',
  slug: 'form.want_slug',
  publish_at: 'form.want_future',
  number: 'form.want_phone',
  countries: 'form.want_countries',
  quiet_from: 'form.want_evening',
  show: 'form.want_selectors',
  mask: 'form.want_selectors',
  block: 'form.want_selectors',
  retention_days: 'rules.days_hint',
}
const IN_USE = /already in use/i
const GONE = /there is no such|do not exist/i

/** The text that says it, or null when the server's own sentence says it best. */
export function fieldProblem(name: string, problem: string, english: boolean): Key | null {
  const isSentence = problem.includes(' ')
  if (isSentence && english) return null
  const said = isSentence ? saidBy(problem) : CODES[problem]
  return said ?? FIELDS[name] ?? 'form.check'
}

function saidBy(sentence: string): Key | undefined {
  if (IN_USE.test(sentence)) return 'form.taken'
  return GONE.test(sentence) ? 'form.gone' : undefined
}
