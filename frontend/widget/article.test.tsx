import { act } from 'preact/test-utils'
import { expect, test } from 'vitest'
import type { Block } from './api'
import { ArticleView } from './article'
import { shown, widgetWith } from './testing'

async function read(blocks: Block[]): Promise<HTMLElement> {
  const widget = widgetWith()
  const api = { ...widget.api, article: async () => ({ title: 'Remove a jam', blocks }) }
  const page = shown({ ...widget, api }, <ArticleView id="a1" q="" from="home" />)
  await act(async () => {})
  return page
}

const steps: Block[] = [
  { t: 'ol', text: 'Open the flap.', n: 1 },
  { t: 'ol', text: 'Pull the film out.', n: 2 },
  { t: 'li', text: 'slowly' },
  { t: 'ol', text: 'Close the flap.', n: 3 },
]

test('steps keep their numbers round what stands between them', async () => {
  const page = await read(steps)
  const seen = [...page.querySelectorAll<HTMLLIElement>('ol > li')]
  expect(seen.map((step) => [step.value, step.textContent])).toEqual([
    [1, 'Open the flap.'],
    [2, 'Pull the film out.'],
    [3, 'Close the flap.'],
  ])
  expect(page.querySelector('ul > li')?.getAttribute('value')).toBe(null)
})

test('a task shows whether it is done, and nobody can tick it', async () => {
  const page = await read([
    { t: 'li', text: 'Unplug it', done: false },
    { t: 'li', text: 'Wait', done: true },
    { t: 'li', text: 'no task' },
  ])
  const boxes = [...page.querySelectorAll('input')]
  expect(boxes.map(({ checked, disabled, labels }) => [checked, disabled, labels?.[0]?.textContent])).toEqual([
    [false, true, 'Unplug it'],
    [true, true, 'Wait'],
  ])
})
