import { expect, test } from 'vitest'
import { fileName } from './client'

test('a download has the name that the server gives it', () => {
  expect(fileName('attachment; filename="2026-11-23 Question.eml"')).toBe('2026-11-23 Question.eml')
  expect(fileName("attachment; filename*=utf-8''2026-11-23%20Gr%C3%BC%C3%9Fe.eml")).toBe('2026-11-23 Grüße.eml')
  expect(fileName('attachment')).toBe('file')
})
