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

test('a short promise warns at least five minutes before its end', () => {
  const short = rowWith({ waiting_since: '2026-11-23T09:00:00Z', promised_at: '2026-11-23T09:10:00Z' })
  expect(waitingLevel(short, at('09:04:59'))).toBe('ok')
  expect(waitingLevel(short, at('09:05:00'))).toBe('warn')
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
