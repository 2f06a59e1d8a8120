import { expect, test } from 'vitest'
import type { Suggestion } from '../api/types'
import { withSource } from './source'

const answer: Suggestion = {
  id: 'a1',
  kind: 'article',
  title: 'Change the paper',
  snippet: '',
  url: 'https://center.test/help/en/paper',
  score: 0.9,
  reason: {},
  text: 'Open the tray.',
  audience: 'public',
}

test('an answer goes into a reply with the page that it stands on', () => {
  expect(withSource(answer)).toBe('Open the tray.\n\nhttps://center.test/help/en/paper')
})

test('the address of a page that the customer may not read is never inserted', () => {
  for (const audience of ['internal', 'customer'] as const) {
    expect(withSource({ ...answer, audience })).toBe('Open the tray.')
  }
})
