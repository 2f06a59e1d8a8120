/** The language of the signed-in person: texts, numbers and times for every component. */
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import {
  clockTime,
  dateOnly,
  dayName,
  dictionary,
  duration,
  exactTime,
  fileSize,
  type Language,
  pickLanguage,
  relativeTime,
  type Translator,
  translator,
} from '../../shared/i18n'
import { de } from './de'
import { en } from './en'

export type Key = keyof typeof en
export type Translate = Translator<Key>

const TEXTS = dictionary<Key>({ en, de })

export type Format = {
  relative: (at: string, now: number) => string
  ago: (at: string, now: number) => string
  relativeShort: (at: string, now: number) => string
  exact: (at: string) => string
  clock: (at: string) => string
  day: (at: string, now: number) => string
  date: (at: string) => string
  size: (bytes: number) => string
  number: (value: number) => string
  percent: (share: number) => string
}
export type I18n = { language: Language; t: Translate; format: Format }

const I18nContext = createContext<I18n | null>(null)

export function I18nProvider({ language, children }: { language: string; children: ReactNode }) {
  const value = useMemo(() => i18nFor(pickLanguage(language, navigator.language)), [language])
  return <I18nContext value={value}>{children}</I18nContext>
}

export function useI18n(): I18n {
  const value = useContext(I18nContext)
  if (!value) throw new Error('useI18n needs an I18nProvider above it')
  return value
}

function i18nFor(language: Language): I18n {
  return { language, t: translator(language, TEXTS), format: formats(language) }
}

function formats(language: Language): Format {
  const number = new Intl.NumberFormat(language)
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
  return {
    relative: (at, now) => relativeTime(language, at, now),
    relativeShort: (at, now) => relativeTime(language, at, now, 'short'),
    ago: (at, now) => duration(language, Math.max(0, (now - Date.parse(at)) / 1000)),
    exact: (at) => exactTime(language, at),
    clock: (at) => clockTime(language, at),
    day: (at, now) => dayName(language, at, now),
    date: (at) => dateOnly(language, at),
    size: (bytes) => fileSize(language, bytes),
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
  }
}
