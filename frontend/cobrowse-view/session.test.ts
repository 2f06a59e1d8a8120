import { expect, test } from 'vitest'
import type { ForAgent } from '../shared/cobrowse/wire'
import { may, refused, START, withFrame, withoutLapsed, withoutLine } from './session'

const anna = { id: 'a1', name: 'Anna' }
const standing = { state: 'consent_pending' as const, scopes: [], agents: [anna], controller: null }
const ready: ForAgent = {
  t: 'ready',
  session: 's1',
  you: 'a1',
  customer: { name: 'Jo' },
  s: 0,
  asks: [{ scope: 'view', by: anna, until: '2030-01-01T00:00:00Z' }],
  interaction: 'i1',
  ...standing,
}
const viewing = { ...standing, t: 'state' as const, state: 'viewing' as const, scopes: ['view' as const] }
const after = (...frames: ForAgent[]) => frames.reduce(withFrame, START)

test('nothing is live before the customer has agreed', () => {
  expect(after(ready)).toMatchObject({ phase: 'waiting', online: true, customer: 'Jo', you: 'a1' })
  expect(after(ready, viewing)).toMatchObject({ phase: 'live', asked: [] })
})

test('a page that is away says so before a page that is paused', () => {
  expect(after(ready, { ...viewing, paused: true }).phase).toBe('paused')
  expect(after(ready, { ...viewing, paused: true, paused_by: 'idle' }).phase).toBe('idle')
  expect(after(ready, { ...viewing, paused: true, reconnecting: true }).phase).toBe('customer_away')
})

test('the end takes every scope, keeps its reason, and nothing comes after it', () => {
  const ended = after(ready, viewing, { t: 'end', reason: 'customer', by: 'Jo' }, viewing)
  expect(ended).toMatchObject({ phase: 'ended', reason: 'customer', by: 'Jo', scopes: [] })
  expect(refused(ended, 4440).phase).toBe('ended')
})

test('a door that is shut without a word is shown by its number', () => {
  expect(refused(after(ready), 4409)).toMatchObject({ phase: 'refused', reason: '4409', online: false })
})

test('what is asked for is answered by the grant, and forgotten when nobody answers', () => {
  const asked = after(ready, viewing, { t: 'asked', scope: 'point', by: anna, until: '2026-01-01T00:00:30Z' })
  expect(asked.asked.map(({ scope }) => scope)).toEqual(['point'])
  expect(withFrame(asked, { ...viewing, asking: ['point'] }).asked).toEqual(asked.asked)
  expect(withFrame(asked, { ...viewing, scopes: ['view', 'point'] }).asked).toEqual([])
  expect(withoutLapsed(asked, Date.parse('2026-01-01T00:00:20Z'))).toBe(asked)
  expect(withoutLapsed(asked, Date.parse('2026-01-01T00:00:31Z')).asked).toEqual([])
})

test('a refusal is known at once, not when its time would be up', () => {
  const asked = after(ready, viewing, { t: 'asked', scope: 'point', by: anna, until: '2026-01-01T00:00:30Z' })
  expect(withFrame(asked, { ...viewing, asking: [] }).asked).toEqual([])
})

test('a lost line keeps what is known', () => {
  expect(withoutLine(after(ready, viewing))).toMatchObject({ phase: 'live', online: false })
  expect(may(after(ready, viewing), 'view')).toBe(true)
})
