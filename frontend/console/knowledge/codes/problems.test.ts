import { expect, test } from 'vitest'
import { translator } from '../../../shared/i18n'
import { de } from '../../i18n/de'
import { en } from '../../i18n/en'
import { problemWords } from './problems'

const german = translator('de', { de, en })

test.each([
  ['one of info, warning, fault, danger', 'Eins von info, warning, fault, danger.'],
  [
    'line 7 has the same code of this family and language',
    'Zeile 7 hat denselben Code dieses Geräts in dieser Sprache.',
  ],
  ['1 to 80 characters', '1 bis 80 Zeichen.'],
  ['1 to 9', 'Von 1 bis 9.'],
  ['This column is missing.', 'Diese Spalte fehlt.'],
  ['Something new.', 'Something new.'],
])('%s', (message, expected) => {
  expect(problemWords(message, german)).toBe(expected)
})
