import { afterEach, expect, test, vi } from 'vitest'
import type { Permission } from '../../api/types'
import { type Asked, press, serverWith, show } from '../../testing/page'
import type { Question } from '../types'
import { QuestionsScreen } from './QuestionsScreen'

const waiting: Question = {
  id: 'q1',
  text: 'Why is the display dark?',
  locale: 'en',
  source: 'solved',
  state: 'waiting',
  times: 1,
  last_at: '2026-11-23T09:00:00Z',
  answer: { id: 'a1', kind: 'article', title: 'Display stays dark' },
}
const decisions = (asked: Asked[]) =>
  asked.filter(({ method }) => method === 'PATCH').map(({ path, body }) => [path, body])

// A busy machine takes its time to draw a whole screen.
vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllGlobals())

async function open(permissions?: Permission[]): Promise<Asked[]> {
  const asked = serverWith({
    'GET /api/kb/questions': { items: [waiting], next: null },
    'PATCH /api/kb/questions/q1': waiting,
  })
  await show(<QuestionsScreen />, permissions && { permissions })
  return asked
}

test('what waits for a decision comes first, with the answer that it is about', async () => {
  const asked = await open()
  expect(asked.map(({ path }) => path)).toEqual(['/api/kb/questions?state=waiting'])
  expect(document.body.textContent).toContain('Why is the display dark?')
  expect(document.querySelector('a[href="/console/knowledge/articles/a1"]')?.textContent).toContain(
    'Display stays dark',
  )
})

test('an accepted question can be taken back to where it was', async () => {
  const asked = await open()
  await press('Accept')
  await press('Undo')
  expect(decisions(asked)).toEqual([
    ['/api/kb/questions/q1', { state: 'active' }],
    ['/api/kb/questions/q1', { state: 'waiting' }],
  ])
})

test('a removed question can be had back', async () => {
  const asked = await open()
  await press('Remove: Why is the display dark?')
  await press('Undo')
  expect(decisions(asked).map(([, body]) => body)).toEqual([{ state: 'removed' }, { state: 'waiting' }])
})

test('whoever may not publish decides nothing that readers find', async () => {
  await open(['edit_knowledge'])
  expect(document.body.textContent).toContain('once somebody who may publish accepts them')
  const offered = [...document.querySelectorAll('.question button')].map((button) => button.getAttribute('aria-label'))
  expect(offered).toEqual(['Remove: Why is the display dark?'])
})
