import { expect, test } from 'vitest'
import type { EntryEvent } from '../api/types'
import { en } from '../i18n/en'
import { cobrowseLine, isCobrowse } from './events'

const t = (key: keyof typeof en, values: Record<string, string | number> = {}) =>
  en[key].replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ''))
const line = (event: Record<string, unknown>) => cobrowseLine(event as EntryEvent, t).text

test('who sees the page, what was agreed to and what was taken back', () => {
  expect(line({ name: 'cobrowse_started', by: 'Anna', scopes: ['view'] })).toBe('Anna sees the customer’s page')
  expect(line({ name: 'cobrowse_scope', scope: 'point', decision: 'granted', by: 'customer' })).toBe(
    'The customer agreed to pointing',
  )
  expect(line({ name: 'cobrowse_scope', scope: 'control', decision: 'denied', by: 'customer' })).toMatch(/not agree/)
  expect(line({ name: 'cobrowse_scope', scope: 'control', decision: 'revoked', by: 'system' })).toBe(
    'The system took back control',
  )
})

test('the end says why, how long, how far and who watched', () => {
  const ended = { name: 'cobrowse_ended', seconds: 95, scopes: ['view', 'point'], agents: ['Anna', 'Ben'] }
  expect(line({ ...ended, by: 'Anna', reason: 'agent' })).toBe('Anna ended it · 1:35 · pointing · Anna, Ben')
  expect(line({ ...ended, seconds: 0, scopes: [], agents: [], by: 'customer', reason: 'denied' })).toBe(
    'The customer did not agree to show their page',
  )
})

test('a reason that is not known yet is said in general words', () => {
  expect(line({ name: 'cobrowse_ended', by: 'x', reason: 'moon', agents: [] })).toBe('The page is no longer shown')
})

test('other events are none of these', () => {
  expect(isCobrowse({ name: 'assigned' } as EntryEvent)).toBe(false)
})
