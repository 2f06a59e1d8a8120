import { afterEach, expect, test, vi } from 'vitest'
import { serverWith, show } from '../testing/page'
import ReportsScreen from './ReportsScreen'
import type { DeflectionReport } from './types'

const figures = { shown: 40, opened: 20, solved: 10, unsolved: 4, inserted: 2, zero_hit: 6, asked: 3 }
const report: DeflectionReport = {
  since: '2026-11-01T00:00:00Z',
  until: '2026-11-26T00:00:00Z',
  counts: figures,
  doors: { portal: { ...figures, rate: 0.25 } },
  rate: 0.25,
  series: [{ day: '2026-11-24', shown: 40, solved: 10, zero_hit: 6, inserted: 2 }],
  zero_hits: [{ question: 'Where is my invoice?', locale: 'en', times: 4 }],
  articles: [],
  weak: [{ id: 'c1', kind: 'code', title: 'E-04', shown: 12, opened: 9, solved: 1, unsolved: 5 }],
  to_write: [{ question: 'Where is my invoice?', locale: 'en', times: 4, others: ['invoice gone'] }],
  reasons: [{ answer: 'c1', title: 'E-04', text: 'No such button', at: '2026-11-24T10:00:00Z' }],
}
const hrefs = () => [...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))

// A busy machine takes its time to draw a whole screen.
vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllGlobals())

test('an article that is missing can be begun with its question, and a weak answer opened', async () => {
  serverWith({ 'GET /api/reports/deflection': report })
  await show(<ReportsScreen />)
  expect(hrefs()).toContain('/console/knowledge/articles/new?question=Where+is+my+invoice%3F&locale=en')
  expect(hrefs()).toContain('/console/knowledge/codes/c1')
  expect(document.body.textContent).toContain('No such button')
})

test('of the answers that help most it says how often they were shown, opened and solved it', async () => {
  const best = { id: 'a1', kind: 'article' as const, title: 'Change the paper', shown: 31, opened: 22, solved: 13 }
  serverWith({ 'GET /api/reports/deflection': { ...report, articles: [{ ...best, unsolved: 0 }], weak: [] } })
  await show(<ReportsScreen />)
  const row = [...document.querySelectorAll('tr')].find((one) => one.textContent?.startsWith('Change the paper'))
  expect([...(row?.cells ?? [])].map((cell) => cell.textContent)).toEqual(['Change the paper', '31', '22', '13'])
})

test('whoever may not write reads the same without links into the editor', async () => {
  serverWith({ 'GET /api/reports/deflection': report })
  await show(<ReportsScreen />, { permissions: ['work_queue'] })
  expect(document.body.textContent).toContain('Where is my invoice?')
  expect(hrefs()).toEqual([])
})

test('each day can be read by keys and by ear, and all of them as a table', async () => {
  const days = [...report.series, { ...report.series[0], day: '2026-11-25', shown: 7, solved: 3 }]
  serverWith({ 'GET /api/reports/deflection': { ...report, series: days } })
  await show(<ReportsScreen />)
  const slider = document.querySelector('input[type=range]')
  expect(slider?.getAttribute('aria-valuetext')).toMatch(/25.*2026.*: Shown 7, Solved 3/)
  expect(document.querySelectorAll('.chart-table tbody tr')).toHaveLength(2)
})

test('a day alone is no line: its figures are read at once', async () => {
  serverWith({ 'GET /api/reports/deflection': report })
  await show(<ReportsScreen />)
  expect(document.querySelector('input[type=range]')).toBeNull()
  expect(document.querySelector('details')?.open).toBe(true)
  expect(document.querySelectorAll('.chart-table tbody tr')).toHaveLength(1)
})
