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

test('what the telephone did is said with its details, in both languages', () => {
  const format = { exact: () => '26.11.2026, 10:00' } as unknown as Format
  const english = translator('en', dictionary<Key>({ en, de }))
  const retry = { name: 'call_retry', at: '2026-11-26T09:00:00Z', attempt: 2, reason: 'busy' }
  expect(eventLine(retry, english, format).text).toBe('It is tried again · 26.11.2026, 10:00 · attempt 2 · busy')
  expect(eventLine(retry, german, format).text).toBe(
    'Es wird erneut versucht · 26.11.2026, 10:00 · Versuch 2 · besetzt',
  )
  const ended = { name: 'call_ended', seconds: 151, disposition: 'solved' }
  expect(eventLine(ended, german, format).text).toBe('Das Gespräch ist beendet · 2:31 · Gelöst')
  expect(eventLine({ ...ended, by: 'Anna' }, english, format).text).toBe('Anna ended the call · 2:31 · Solved')
})

test.each([
  'call_added',
  'call_brought_forward',
  'call_listened',
  'call_missed_inbound',
  'call_came_in',
  'call_transcribed',
  'call_recording_lost',
  'call_transferred',
  'recording_removed',
  'call_requested',
  'call_moved',
  'call_cancelled',
  'call_started',
  'call_answered',
  'call_connected',
  'call_missed',
  'call_machine',
  'call_busy',
  'call_failed',
  'call_ended',
  'call_retry',
  'call_expired',
  'call_refused',
  'recording_consent',
  'recording_kept',
  'voicemail',
  'do_not_call',
])('%s is not said in general words', (name) => {
  expect(eventLine({ name }, german, {} as Format).text).not.toContain(german('event.other'))
})

test('who declines to be recorded is not said to agree', () => {
  const english = translator('en', dictionary<Key>({ en, de }))
  const asked = { name: 'recording_consent', party: 'customer', at: '2026-11-26T09:00:00Z' }
  const said = (given: boolean) => eventLine({ ...asked, given }, english, {} as Format).text
  expect([said(true), said(false)]).toEqual([
    'Agreed to be recorded · Customer',
    'Does not want to be recorded · Customer',
  ])
})
