import { expect, test } from 'vitest'
import { dictionary, translator } from '../../shared/i18n'
import { ApiError } from '../api/client'
import { de } from '../i18n/de'
import { en } from '../i18n/en'
import { describeError } from './errors'

const TEXTS = dictionary({ en, de })

test.each([
  ['en', 'These hours are still used here: Printers, service@center.test. Choose others there first.'],
  ['de', 'Diese Zeiten gelten noch hier: Printers, service@center.test. Bitte dort zuerst andere wählen.'],
] as const)('hours in use say where, in %s', (language, sentence) => {
  const refused = new ApiError(409, 'conflict', 'Still used.', { used_by: ['Printers', 'service@center.test'] })
  expect(describeError(refused, translator(language, TEXTS))).toBe(sentence)
})
