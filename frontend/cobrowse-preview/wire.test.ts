import { expect, test } from 'vitest'
import type { Op } from '../shared/cobrowse/wire'
import { countsOf } from './wire'

test('what can be read, what is masked and what is blocked is counted', () => {
  const ops: Op[] = [
    ['+', 2, 1, 0, 'p', {}, 0],
    ['t', 3, 2, 0, 'Readable', 0],
    ['+', 4, 1, 0, 'p', {}, 8],
    ['t', 5, 4, 0, '••••', 0],
    ['t', 6, 4, 0, '  ', 0],
    ['+', 7, 1, 0, 'input', { value: '•••' }, 8],
    ['b', 8, 1, 0, 10, 10, 'blocked', 0],
    ['b', 9, 1, 0, 10, 10, 'image', 0],
  ]
  expect(countsOf([{ ops }])).toEqual({ shown: 1, masked: 2, blocked: 1 })
  const changes: Op[] = [
    ['-', 8],
    ['b', 10, 1, 0, 20, 10, 'blocked', 0],
    ['-', 4],
  ]
  expect(countsOf([{ ops }, { ops: changes }])).toEqual({ shown: 1, masked: 1, blocked: 1 })
})
