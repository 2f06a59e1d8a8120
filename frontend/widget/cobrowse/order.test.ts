import { expect, test } from 'vitest'
import { inPlace } from './order'

test.each([
  [
    [0, 1, 2],
    [0, 1, 2],
  ],
  [
    [1, 2, 3, 0],
    [1, 2, 3],
  ],
  [
    [3, 0, 1, 2],
    [0, 1, 2],
  ],
  [[2, 1, 0], [0]],
  [[], []],
  [
    [4, 0, 5, 1, 6, 2, 3],
    [0, 1, 2, 3],
  ],
])('of %j the most stay where they are', (places, staying) => {
  expect(inPlace(places, (place) => place)).toEqual(staying)
})
