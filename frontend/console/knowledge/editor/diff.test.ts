import { expect, test } from 'vitest'
import { articleWith } from '../../testing/builders'
import { fieldDiffs, sequenceDiff, shownLines, wordDiff } from './diff'
import { valuesOf } from './editing'

const steps = (before: string, after: string) =>
  sequenceDiff(before.split(''), after.split('')).map(({ op, text }) => ({ same: ' ', add: '+', del: '-' })[op] + text)

test.each([
  ['abc', 'abc', [' a', ' b', ' c']],
  ['abc', 'axc', [' a', '-b', '+x', ' c']],
  ['ac', 'abc', [' a', '+b', ' c']],
  ['abc', 'ac', [' a', '-b', ' c']],
  ['', 'a', ['+a']],
  ['abcd', 'bcda', ['-a', ' b', ' c', ' d', '+a']],
])('from %s to %s', (before, after, expected) => {
  expect(steps(before, after)).toEqual(expected)
})

test('both texts can be read from their difference', () => {
  const [before, after] = ['the quick brown fox', 'a quick red fox jumps'].map((text) => text.split(' ')) as [
    string[],
    string[],
  ]
  const lines = sequenceDiff(before, after)
  expect(lines.filter(({ op }) => op !== 'add').map(({ text }) => text)).toEqual(before)
  expect(lines.filter(({ op }) => op !== 'del').map(({ text }) => text)).toEqual(after)
})

test('two long texts without a common line are told apart at once', () => {
  const long = (word: string) => Array.from({ length: 20_000 }, (_, index) => `${word} ${index}`)
  expect(sequenceDiff(long('a'), long('b'))).toHaveLength(40_000)
})

test('the words that differ are marked in both lines', () => {
  const { before, after } = wordDiff('Press the red button.', 'Press the green button.')
  expect(before.filter(({ changed }) => changed)).toEqual([{ text: 'red', changed: true }])
  expect(after.filter(({ changed }) => changed)).toEqual([{ text: 'green', changed: true }])
})

test('long equal stretches are folded, two lines round a change stay', () => {
  const equal = Array.from({ length: 10 }, (_, index) => ({ op: 'same' as const, text: `${index}` }))
  const shown = shownLines([...equal, { op: 'add', text: 'new' }, ...equal])
  expect(shown.map((line) => (line.op === 'skip' ? line.count : line.pieces[0]?.text))).toEqual([
    8,
    '8',
    '9',
    'new',
    '0',
    '1',
    8,
  ])
})

test('only fields that I have written and that differ are compared', () => {
  const theirs = valuesOf(articleWith({ title: 'Same', body: 'Theirs' }))
  const fields = fieldDiffs(theirs, { title: 'Same', body: 'Mine', audience: 'internal' })
  expect(fields.map(({ field }) => field)).toEqual(['body'])
})
