import { expect, test } from 'vitest'
import { dictionary, translator } from '../../shared/i18n'
import type { Format, Key } from '../i18n'
import { de } from '../i18n/de'
import { en } from '../i18n/en'
import { requestWith } from './builders'
import { isPlanned, mayBeChanged, promiseOf, soonTime, stageWords } from './request'
import type { RequestStage } from './types'

const t = translator('en', dictionary<Key>({ en, de }))
const format = {
  exact: (at: string) => `on ${at.slice(0, 10)}`,
  clock: (at: string) => `at ${at.slice(11, 16)}`,
  ago: (_at: string, now: number) => `${now / 60_000} min`,
} as Format
const promise = (more: Parameters<typeof requestWith>[0]) => promiseOf(requestWith(more), t, format)

test('a promise is open, kept, late or called off', () => {
  const reached = '2026-11-25T10:10:00Z'
  expect(promise({})).toEqual({ level: 'none', text: 'promised by on 2026-11-25' })
  expect(promise({ wanted_at: '2026-11-26T09:00:00Z' }).text).toBe('chosen: on 2026-11-26 to at 10:30')
  expect(promise({ late_seconds: 600 })).toEqual({ level: 'bad', text: 'late by 10 min' })
  expect(promise({ connected_at: reached })).toEqual({ level: 'ok', text: 'promise kept' })
  expect(promise({ connected_at: reached, late_seconds: 600 }).text).toBe('reached 10 min late')
  expect(promise({ late_seconds: null }).level).toBe('none')
})

test('who is on the telephone can be neither moved nor called off', () => {
  const stages: RequestStage[] = [
    'scheduled',
    'due',
    'claimed',
    'retry_wait',
    'dialling',
    'connected',
    'wrapup',
    'done',
  ]
  expect(stages.filter((stage) => mayBeChanged(requestWith({ stage })))).toEqual([
    'scheduled',
    'due',
    'claimed',
    'retry_wait',
  ])
  expect(stages.filter((stage) => isPlanned(requestWith({ stage })))).toEqual(['scheduled', 'retry_wait'])
})

test('a stage that this console does not know yet is said in general words', () => {
  expect(stageWords('elsewhere' as RequestStage, t)).toBe('In work')
})

test('a time of today needs no date', () => {
  const now = new Date(2026, 10, 25, 12).getTime()
  expect(soonTime(new Date(2026, 10, 25, 14, 30).toISOString(), now, format)).toMatch(/^at /)
  expect(soonTime(new Date(2026, 10, 26, 14, 30).toISOString(), now, format)).toMatch(/^on /)
})
