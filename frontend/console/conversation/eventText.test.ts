import { expect, test } from 'vitest'
import { dictionary, translator } from '../../shared/i18n'
import type { Format, Key } from '../i18n'
import { de } from '../i18n/de'
import { en } from '../i18n/en'
import { roleName } from '../settings/roleName'
import { eventLine } from './eventText'

const german = translator('de', dictionary<Key>({ en, de }))
const quarantined = (reason: string) => eventLine({ name: 'quarantined', reason }, german, {} as Format).text

test('why a mail is kept back is said in the language of its reader', () => {
  expect(quarantined('too_many_parts')).toBe('Zur Prüfung zurückgehalten: zu viele Teile')
})

test('the words of a channel that the console does not know are shown as they are', () => {
  expect(quarantined('The mail has no end.')).toBe('Zur Prüfung zurückgehalten: The mail has no end.')
})

test('a role that comes with the centre has a German name, one of your own keeps its name', () => {
  expect(roleName('Knowledge editor', german)).toBe('Wissensredaktion')
  expect(roleName('Night shift', german)).toBe('Night shift')
})
