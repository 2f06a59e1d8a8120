import { act } from 'preact/test-utils'
import { expect, test } from 'vitest'
import type { Block } from './api'
import { ArticleView } from './article'
import { shown, widgetWith } from './testing'

const blocks: Block[] = [
  { t: 'ol', text: 'Open the flap.', n: 1 },
  { t: 'ol', text: 'Pull the film out.', n: 2 },
  { t: 'li', text: 'slowly' },
  { t: 'ol', text: 'Close the flap.', n: 3 },
]

test('steps keep their numbers round what stands between them', async () => {
  const widget = widgetWith()
  const api = { ...widget.api, article: async () => ({ title: 'Remove a jam', blocks }) }
  const page = shown({ ...widget, api }, <ArticleView id="a1" q="" from="home" />)
  await act(async () => {})
  const steps = [...page.querySelectorAll<HTMLLIElement>('ol > li')]
  expect(steps.map((step) => [step.value, step.textContent])).toEqual([
    [1, 'Open the flap.'],
    [2, 'Pull the film out.'],
    [3, 'Close the flap.'],
  ])
  expect(page.querySelector('ul > li')?.getAttribute('value')).toBe(null)
})
