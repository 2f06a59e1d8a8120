import { expect, test } from 'vitest'
import { pagePath } from './path'

test('a path keeps its shape and says no word', () => {
  expect(pagePath('/orders/4711/', 'salt')).toMatch(/^\/[a-z0-9]+\/[a-z0-9]+\/$/)
  expect(pagePath('/orders/4711', 'salt')).toBe(pagePath('/orders/4711', 'salt'))
  expect(pagePath('/orders/4711', 'salt')).not.toBe(pagePath('/orders/4711', 'other'))
  expect(pagePath('/', 'salt')).toBe('/')
})
