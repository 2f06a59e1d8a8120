import { afterEach, expect, test } from 'vitest'
import { dictionary, translator } from '../../shared/i18n'
import { ApiError } from '../api/client'
import type { Key } from '../i18n'
import { de } from '../i18n/de'
import { en } from '../i18n/en'
import { describeError } from './errors'

const texts = dictionary<Key>({ en, de })

/** What somebody reads when the server refuses with this code and its own English sentence. */
function read(language: 'en' | 'de', status: number, code: string): string {
  document.documentElement.lang = language
  return describeError(new ApiError(status, code, 'The words of the server.'), translator(language, texts))
}

afterEach(() => document.documentElement.removeAttribute('lang'))

test('a refusal that has a code of its own is said in the language of its reader', () => {
  expect(read('de', 409, 'match_decided')).toBe(de['error.match_decided'])
  expect(read('en', 409, 'match_decided')).toBe(en['error.match_decided'])
  expect(read('de', 403, 'not_yours')).toBe(de['error.not_yours'])
})

test('what has no translation keeps the words of the server for who reads English', () => {
  expect(read('en', 409, 'conflict')).toContain('The words of the server.')
  expect(read('de', 409, 'conflict')).toBe(de['error.conflict'])
})

test.each([
  ['en', 'This team is still used here: Shop. Choose another one there first.'],
  ['de', 'Dieses Team wird hier noch gebraucht: Shop. Bitte dort zuerst ein anderes wählen.'],
] as const)('a team in use says where, in %s', (language, sentence) => {
  const refused = new ApiError(409, 'team_in_use', 'Still used.', { used_by: ['Shop'] })
  expect(describeError(refused, translator(language, texts))).toBe(sentence)
})

test.each([
  ['en', 'These hours are still used here: Printers, service@center.test. Choose others there first.'],
  ['de', 'Diese Zeiten gelten noch hier: Printers, service@center.test. Bitte dort zuerst andere wählen.'],
] as const)('hours in use say where, in %s', (language, sentence) => {
  const refused = new ApiError(409, 'conflict', 'Still used.', { used_by: ['Printers', 'service@center.test'] })
  expect(describeError(refused, translator(language, texts))).toBe(sentence)
})
