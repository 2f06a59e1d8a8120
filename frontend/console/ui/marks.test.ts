import { expect, test } from 'vitest'
import { markPieces } from './marks'

test('each word is marked where it begins a word, whatever its case', () => {
  expect(markPieces('The display shows E-04', 'DISP e-04')).toEqual([
    { text: 'The ', hit: false },
    { text: 'disp', hit: true },
    { text: 'lay shows ', hit: false },
    { text: 'E-04', hit: true },
  ])
})

test('signs with a meaning in patterns are only signs, and nothing wanted marks nothing', () => {
  expect(markPieces('a (b)', '(b')).toEqual([
    { text: 'a ', hit: false },
    { text: '(b', hit: true },
    { text: ')', hit: false },
  ])
  expect(markPieces('a', ' ')).toEqual([{ text: 'a', hit: false }])
})
