import { expect, test } from 'vitest'
import {
  clockTime,
  dayName,
  dictionary,
  duration,
  fileSize,
  pickLanguage,
  relativeTime,
  timeAndDay,
  translator,
} from './i18n'

const texts = dictionary({
  en: { hits: '{n} hit|{n} hits', hello: 'Hello {name}' },
  de: { hits: '{n} Treffer|{n} Treffer', hello: 'Hallo {name}' },
})
const now = new Date(2030, 4, 15, 14, 5)
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)

test('texts carry values, plurals and numbers of their language', () => {
  const en = translator('en', texts)
  const de = translator('de', texts)
  expect([en('hits', { n: 1 }), en('hits', { n: 1200 }), de('hits', { n: 1200 })]).toEqual([
    '1 hit',
    '1,200 hits',
    '1.200 Treffer',
  ])
  expect(de('hello', { name: 'Alex' })).toBe('Hallo Alex')
})

test('the first known wish decides the language', () => {
  expect([pickLanguage(null, 'de-AT'), pickLanguage('fr', 'EN-gb', 'de'), pickLanguage('')]).toEqual(['de', 'en', 'en'])
})

test('times are told the way people tell them', () => {
  expect(relativeTime('en', ago(10), now)).toBe('now')
  expect(relativeTime('de', ago(300), now)).toBe('vor 5 Minuten')
  expect(relativeTime('en', ago(-7200), now)).toBe('in 2 hours')
  expect(relativeTime('de', ago(86_400), now)).toBe('gestern')
  expect(duration('en', 754)).toBe('12 min')
  expect(clockTime('de', now)).toBe('14:05')
})

test('days have names', () => {
  expect(dayName('en', ago(60), now)).toBe('Today')
  expect(dayName('de', ago(86_400), now)).toBe('Gestern')
  expect(dayName('de', ago(5 * 86_400), now)).toBe('Freitag, 10. Mai')
  expect(dayName('en', ago(400 * 86_400), now)).toContain('2029')
})

test('a moment to come has its day unless that is today', () => {
  const today = new Date().setHours(23, 59)
  expect(timeAndDay('de', today)).toBe('23:59')
  expect(timeAndDay('de', new Date(2030, 4, 15, 14, 5))).toBe('Mittwoch, 15. Mai um 14:05')
})

test('sizes are short', () => {
  expect([fileSize('en', 0), fileSize('en', 812), fileSize('de', 1_440_000)]).toEqual(['0 B', '812 B', '1,4 MB'])
})
