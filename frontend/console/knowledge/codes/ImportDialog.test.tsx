import { act } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { press, refused, serverWith, settle, show } from '../../testing/page'
import { ImportDialog } from './ImportDialog'

const TRIAL = 'POST /api/kb/error-codes/import?dry_run=true&format=csv'
const IMPORT = 'POST /api/kb/error-codes/import?dry_run=false&format=csv'
const right = { rows: 3, new: 2, changed: 1, same: 0, wrong: 0, problems: [], problem_count: 0, changes: [] }
const problems = [{ line: 7, field: 'severity', value: 'bad', message: 'One of info, warning, fault, danger.' }]
const wrong = { rows: 3, new: 0, changed: 0, same: 2, wrong: 1, problems, problem_count: 1, changes: [] }
const words = () => document.body.textContent

async function choose(name = 'codes.csv'): Promise<void> {
  await show(<ImportDialog open onClose={() => undefined} />)
  const chooser = document.querySelector('input[type=file]') as HTMLInputElement
  Object.defineProperty(chooser, 'files', { value: [new File(['code'], name)] })
  await act(async () => chooser.dispatchEvent(new Event('change', { bubbles: true })))
  await settle()
}

// A busy machine takes its time to draw a whole screen.
vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllGlobals())

test('a right file is imported after its trial was seen', async () => {
  const asked = serverWith({ [TRIAL]: right, [IMPORT]: right })
  await choose()
  expect(words()).toContain('Nothing was changed yet')
  expect(asked).toHaveLength(1)
  await press('Import 3 codes')
  expect(asked.map(({ path }) => path)).toEqual([TRIAL, IMPORT].map((one) => one.slice('POST '.length)))
  expect(words()).toContain('The file is imported')
})

test('a wrong file names every line, and cannot be imported', async () => {
  serverWith({ [TRIAL]: wrong })
  await choose()
  expect(words()).toContain('codes.csv has 1 problem. Nothing was changed.')
  expect(document.querySelector('.counts')?.textContent).toBe('Rows3New0Changed0Unchanged2With a problem1')
  expect(words()).toContain('One of info, warning, fault, danger.')
  await expect(press('Import 0 codes')).rejects.toThrow()
})

test('what has become wrong between trial and import is named, too', async () => {
  serverWith({ [TRIAL]: right, [IMPORT]: refused(422, 'invalid', wrong) })
  await choose()
  await press('Import 3 codes')
  expect(words()).toContain('codes.csv has 1 problem. Nothing was changed.')
})

test('a file that cannot be read says so and lets another one be chosen', async () => {
  serverWith({ [TRIAL]: refused(413, 'too_large') })
  await choose()
  expect(words()).toContain('This is too large.')
  expect(words()).toContain('Drop a CSV or JSON file here.')
})
