import { expect, test } from 'vitest'
import { answered, askedAt, inserted } from './completion'

test('a question mark at the start of a line asks knowledge', () => {
  expect(askedAt('?red light', 10, false)).toEqual({ kind: 'knowledge', query: 'red light', from: 0, to: 10 })
  expect(askedAt('Hello\n?E-04', 11, false)).toMatchObject({ kind: 'knowledge', query: 'E-04', from: 6 })
})

test('a question mark at the end of a sentence asks nothing', () => {
  expect(askedAt('Does it blink?', 14, false)).toBeNull()
  expect(askedAt('Does it blink?\nWhich colour', 27, false)).toBeNull()
})

test('an at sign names a colleague in notes alone', () => {
  expect(askedAt('ask @mi', 7, true)).toEqual({ kind: 'mention', query: 'mi', from: 4, to: 7 })
  expect(askedAt('ask @mi', 7, false)).toBeNull()
  expect(askedAt('a@mi', 4, true)).toBeNull()
})

test('the answer takes the place of the question', () => {
  const text = 'Hi\n?light and so on'
  const asked = { kind: 'knowledge', query: 'light', from: 3, to: 9 } as const
  expect(answered(text, asked, 'Switch it off.')).toEqual({ text: 'Hi\nSwitch it off. and so on', caret: 17 })
})

test('a suggestion is put in on lines of its own', () => {
  expect(inserted('', 0, 'A')).toEqual({ text: 'A', caret: 1 })
  expect(inserted('Hello', 5, 'A').text).toBe('Hello\n\nA')
  expect(inserted('Hello\n', 6, 'A').text).toBe('Hello\n\nA')
  expect(inserted('Hello\n\n', 7, 'A').text).toBe('Hello\n\nA')
})
