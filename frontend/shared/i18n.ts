/**
 * Typed German and English texts without a library.
 *
 *   const texts = dictionary({ en: { hits: '{n} hit|{n} hits' }, de: { hits: '{n} Treffer|{n} Treffer' } })
 *   const t = translator('de', texts)
 *   t('hits', { n: 1200 })  // "1.200 Treffer"
 *
 * `{name}` is replaced by the value, numbers in the way of the language; a text with `|` has a singular and a plural,
 * chosen by the value `n`. A missing key or language does not compile.
 */
export type Language = 'en' | 'de'
export type Values = Readonly<Record<string, string | number>>
export type Dictionary<K extends string> = Readonly<Record<Language, Readonly<Record<K, string>>>>
export type Translator<K extends string> = (key: K, values?: Values) => string

export function dictionary<K extends string>(texts: {
  en: Record<K, string>
  de: Record<NoInfer<K>, string>
}): Dictionary<K> {
  return texts
}

/** The first wish that is German or English ("de-AT" counts as "de"), else English. */
export function pickLanguage(...wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const language = wish?.slice(0, 2).toLowerCase()
    if (language === 'de' || language === 'en') return language
  }
  return 'en'
}

export function translator<K extends string>(language: Language, texts: Dictionary<K>): Translator<K> {
  const plural = new Intl.PluralRules(language)
  const number = new Intl.NumberFormat(language)
  return (key, values = {}) => {
    const [one, other = one] = texts[language][key].split('|') as [string, string?]
    const form = typeof values.n === 'number' && plural.select(values.n) === 'one' ? one : other
    return form.replace(/\{(\w+)\}/g, (_match, name: string) => {
      const value = values[name] ?? ''
      return typeof value === 'number' ? number.format(value) : value
    })
  }
}

export type Moment = string | number | Date

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const DAY_IN_FULL = { weekday: 'long', day: 'numeric', month: 'long' } as const

/** The reader's own region of the language ("en-GB" for "en"): it decides on 24 hours and the order of dates. */
function region(language: Language): string {
  return navigator.languages.find((wish) => wish.startsWith(`${language}-`)) ?? language
}

function written(language: Language, at: Moment, form: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(region(language), form).format(new Date(at))
}

/** "5 minutes ago", "in 2 hours", "yesterday"; under 45 seconds "now". */
export function relativeTime(language: Language, at: Moment, now: Moment, style: 'long' | 'short' = 'long'): string {
  const seconds = (new Date(at).getTime() - new Date(now).getTime()) / 1000
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style })
  const size = Math.abs(seconds)
  if (size < 45) return format.format(0, 'second')
  if (size < 45 * MINUTE) return format.format(Math.round(seconds / MINUTE), 'minute')
  if (size < 22 * HOUR) return format.format(Math.round(seconds / HOUR), 'hour')
  if (size < 26 * DAY) return format.format(Math.round(seconds / DAY), 'day')
  if (size < 320 * DAY) return format.format(Math.round(seconds / (30 * DAY)), 'month')
  return format.format(Math.round(seconds / (365 * DAY)), 'year')
}

/** A length of time in its largest fitting unit: "45 sec", "12 min", "3 hr", "2 days". */
export function duration(language: Language, seconds: number): string {
  const [size, unit] =
    seconds < MINUTE
      ? [1, 'second']
      : seconds < HOUR
        ? [MINUTE, 'minute']
        : seconds < DAY
          ? [HOUR, 'hour']
          : [DAY, 'day']
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
  } as Intl.NumberFormatOptions).format(Math.floor(seconds / (size as number)))
}

/** Date and time in full, in the reader's own zone; German in 24 hours. */
export function exactTime(language: Language, at: Moment): string {
  return written(language, at, { dateStyle: 'medium', timeStyle: 'short' })
}

/** The date alone, as it stands in `exactTime`. */
export function dateOnly(language: Language, at: Moment): string {
  return written(language, at, { dateStyle: 'medium' })
}

/** The time of day alone: "14:05" or "2:05 PM". */
export function clockTime(language: Language, at: Moment): string {
  return written(language, at, { timeStyle: 'short' })
}

/** A moment to come in the reader's own zone: the time alone while it is today, else its day too. */
export function timeAndDay(language: Language, at: Moment): string {
  if (new Date(at).toDateString() === new Date().toDateString()) return clockTime(language, at)
  return written(language, at, { ...DAY_IN_FULL, hour: 'numeric', minute: 'numeric' })
}

/** "Today", "Yesterday", else the weekday and date; what separates days in a log. */
export function dayName(language: Language, at: Moment, now: Moment): string {
  const midnight = (moment: Moment): number => new Date(moment).setHours(0, 0, 0, 0)
  const days = Math.round((midnight(at) - midnight(now)) / (DAY * 1000))
  if (days === 0 || days === -1) {
    const word = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day')
    return word.charAt(0).toUpperCase() + word.slice(1)
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  const year = sameYear ? {} : ({ year: 'numeric' } as const)
  return written(language, at, { ...DAY_IN_FULL, ...year })
}

/** "812 B", "1.4 MB": 1 kB is 1,000 bytes, as file managers show it. */
export function fileSize(language: Language, bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: step ? 1 : 0 })
  return `${number.format(bytes / 1000 ** step)} ${units[step]}`
}
