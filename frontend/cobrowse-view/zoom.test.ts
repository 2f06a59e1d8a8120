import { expect, test } from 'vitest'
import { fitting, step } from './zoom'

test('a page is made to fit, and a small one is not blown up', () => {
  expect(fitting(640, 1280)).toBe(0.5)
  expect(fitting(1280, 360)).toBe(1)
  expect(fitting(0, 360)).toBe(1)
})

test('larger and smaller go to the next step from wherever the page stands', () => {
  expect(step(0.53, 1)).toBe(0.67)
  expect(step(0.53, -1)).toBe(0.5)
  expect(step(0.5, -1)).toBe(0.33)
  expect(step(3, 1)).toBe(3)
  expect(step(0.25, -1)).toBe(0.25)
})
