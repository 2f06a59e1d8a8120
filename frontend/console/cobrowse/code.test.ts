import { expect, test } from 'vitest'
import { cursorAfter, digitsOf, inGroups } from './code'

test('a code may be typed or pasted in any shape', () => {
  for (const text of ['123456789', '123 456 789', '123-456-789', ' Code: 123.456.789!', '1234567890']) {
    expect(inGroups(digitsOf(text))).toBe('123 456 789')
  }
})

test('what is not complete is put into groups as far as it goes', () => {
  expect(inGroups(digitsOf('12'))).toBe('12')
  expect(inGroups(digitsOf('1234'))).toBe('123 4')
  expect(inGroups('')).toBe('')
})

test('the cursor stays behind the same digit', () => {
  expect(cursorAfter('123 456', 3)).toBe(3)
  expect(cursorAfter('123 456', 4)).toBe(5)
  expect(cursorAfter('123 456 789', 9)).toBe(11)
  expect(cursorAfter('123', 0)).toBe(0)
})
