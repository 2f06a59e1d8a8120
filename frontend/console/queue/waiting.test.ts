import { expect, test } from 'vitest'
import { rowWith } from '../testing/builders'
import { waitingLevel } from './waiting'

const at = (time: string) => Date.parse(`2026-11-23T${time}Z`)
const row = rowWith({ waiting_since: '2026-11-23T09:00:00Z', promised_at: '2026-11-23T13:00:00Z' })

test('it is calm in the first three quarters of the promised time', () => {
  expect(waitingLevel(row, at('11:59:00'))).toBe('ok')
})

test('it warns in the last quarter', () => {
  expect(waitingLevel(row, at('12:00:00'))).toBe('warn')
})

test('a shorter promise warns five minutes before its end', () => {
  const shorter = rowWith({ waiting_since: '2026-11-23T09:00:00Z', promised_at: '2026-11-23T09:16:00Z' })
  expect(waitingLevel(shorter, at('09:10:59'))).toBe('ok')
  expect(waitingLevel(shorter, at('09:11:00'))).toBe('warn')
})

test('a promise of minutes begins calmly and warns in its last third', () => {
  const short = rowWith({ waiting_since: '2026-11-23T09:00:00Z', promised_at: '2026-11-23T09:02:00Z' })
  expect(waitingLevel(short, at('09:00:00'))).toBe('ok')
  expect(waitingLevel(short, at('09:01:19'))).toBe('ok')
  expect(waitingLevel(short, at('09:01:20'))).toBe('warn')
})

test('it is bad from the promised moment on', () => {
  expect(waitingLevel(row, at('12:59:59'))).toBe('warn')
  expect(waitingLevel(row, at('13:00:00'))).toBe('bad')
})

test('nobody waits in a closed one or when the last word was ours', () => {
  expect(waitingLevel(rowWith({ state: 'closed' }), at('20:00:00'))).toBe('none')
  expect(waitingLevel(rowWith({ waiting_since: null }), at('20:00:00'))).toBe('none')
})

test('without a promise waiting never turns red', () => {
  expect(waitingLevel(rowWith({ promised_at: null }), at('23:00:00'))).toBe('ok')
})
