import { expect, test } from 'vitest'
import { moved } from '../../resource/values'
import { joinedSteps, withSteps } from './steps'

const steps = ['Switch off', 'Wait', 'Switch on']

test('Enter in a step begins the next one with what stood behind the caret', () => {
  expect(withSteps(steps, 1, ['Wa', 'it'])).toEqual(['Switch off', 'Wa', 'it', 'Switch on'])
})

test('a step that is taken away closes the gap, and one that is joined stands at the end of the one before', () => {
  expect(withSteps(steps, 1, [])).toEqual(['Switch off', 'Switch on'])
  expect(joinedSteps(steps, 1)).toEqual(['Switch offWait', 'Switch on'])
})

test('a thing moves one place, and not over the ends', () => {
  expect(moved(steps, 0, 1)).toEqual(['Wait', 'Switch off', 'Switch on'])
  expect(moved(steps, 0, -1)).toBe(steps)
  expect(moved(steps, 2, 1)).toBe(steps)
})
