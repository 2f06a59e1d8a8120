import { expect, test } from 'vitest'
import type { ImportResult } from '../types'
import { type Happening, mayImport, nextStep, refusedResult, START, type Step } from './importing'

const file = new File(['code'], 'codes.csv')
const result = (more: Partial<ImportResult> = {}): ImportResult => ({
  rows: 3,
  new: 1,
  changed: 1,
  same: 1,
  wrong: 0,
  problems: [],
  problem_count: 0,
  changes: [],
  ...more,
})
const wrong = result({ problems: [{ line: 2, field: 'severity', value: 'x', message: 'one of …' }], problem_count: 1 })
const after = (...happenings: Happening[]): Step => happenings.reduce(nextStep, START)
const chosen: Happening = { type: 'chosen', file }

test('a file is tried, shown, and only then taken over', () => {
  expect(after(chosen).name).toBe('checking')
  expect(after(chosen, { type: 'checked', result: result() }).name).toBe('checked')
  expect(after(chosen, { type: 'checked', result: result() }, { type: 'confirmed' }).name).toBe('importing')
  expect(after({ type: 'imported', result: result() }).name).toBe('done')
})

test('a file with a problem, or with nothing new, is never taken over', () => {
  expect(after(chosen, { type: 'checked', result: wrong }, { type: 'confirmed' }).name).toBe('checked')
  expect(mayImport(result({ new: 0, changed: 0 }))).toBe(false)
})

test('an import that is refused in the end names its lines', () => {
  const step = after(
    chosen,
    { type: 'checked', result: result() },
    { type: 'confirmed' },
    { type: 'checked', result: wrong },
  )
  expect(step).toMatchObject({ name: 'checked', result: { problem_count: 1 } })
})

test('an answer to a file that is no longer wanted changes nothing', () => {
  expect(after(chosen, { type: 'again' }, { type: 'checked', result: wrong })).toEqual(START)
})

test('any other failure says so and lets another file be chosen', () => {
  const error = new Error('unreachable')
  expect(after(chosen, { type: 'failed', error })).toEqual({ name: 'choose', error })
})

test('only a refusal that lists problems is a result', () => {
  expect(refusedResult({ ...wrong })).toMatchObject({ problem_count: 1 })
  expect(refusedResult({ file: 'missing' })).toBeNull()
  expect(refusedResult(null)).toBeNull()
})
