import { act } from 'preact/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import type { Suggestion } from './config'
import { Home } from './home'
import { shown, widgetWith } from './testing'

afterEach(() => vi.useRealTimers())

const answer: Suggestion = { id: 'a1', kind: 'article', title: 'Change the paper', snippet: '' }

/** What a screen reader is told after a search that finds so much. */
async function heard(items: Suggestion[]): Promise<string | null | undefined> {
  vi.useFakeTimers()
  const widget = widgetWith()
  const page = shown({ ...widget, api: { ...widget.api, suggest: async () => items } }, <Home q="paper" />)
  const status = page.querySelector('[role=status]')
  expect(status?.textContent).toBe('')
  await act(async () => {
    await vi.advanceTimersByTimeAsync(1000)
  })
  expect(page.querySelectorAll('.answer').length).toBe(items.length)
  return status?.textContent
}

test('who does not see the answers appear hears that they do, or that there are none', async () => {
  expect(await heard([answer, { ...answer, id: 'a2' }])).toBe('Likely answers: 2')
  expect(await heard([])).toBe('No answer found. Ask us below.')
})

test('a caller gets a code that lets somebody see the page, as a visitor who is known', () => {
  const begin = vi.fn()
  const wake = vi.fn()
  const widget = widgetWith()
  const page = shown(
    { ...widget, chat: { ...widget.chat, wake }, showing: { label: 'Show my page', begin } },
    <Home q="" />,
  )
  act(() => page.querySelector<HTMLButtonElement>('.link')?.click())
  expect(wake).toHaveBeenCalled()
  expect(begin).toHaveBeenCalledWith(null)
  expect(shown(widget, <Home q="" />).textContent).not.toContain('Show my page')
})
