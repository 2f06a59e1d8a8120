import { expect, test } from 'vitest'
import { articleWith } from '../../testing/builders'
import type { CodeRow } from '../types'
import { articleChoice, codeChoice, mixed, onePerTarget } from './choices'

const code = (more: Partial<CodeRow> = {}): CodeRow => ({
  id: 'c1',
  code: 'E-04',
  device_family: 'Aurora MR',
  locale: 'en',
  meaning: 'Helium low',
  state: 'published',
  link: 'code:aurora-mr/e04',
  ...more,
})
const articles = Array.from({ length: 9 }, (_, n) => articleChoice(articleWith({ id: `a${n}`, slug: `a${n}` })))
const codes = Array.from({ length: 9 }, (_, n) => codeChoice(code({ id: `c${n}`, link: `code:f/e${n}` })))
const ids = (choices: { id: string }[]) => choices.map(({ id }) => id).join(' ')

test('each answer is offered once, in the language of the text where there is one', () => {
  const rows = [
    articleWith({ id: '1', slug: 'reset', locale: 'de' }),
    articleWith({ id: '2', slug: 'reset', locale: 'en' }),
    articleWith({ id: '3', slug: 'clean', locale: 'de' }),
  ].map(articleChoice)
  expect(ids(onePerTarget(rows, 'en'))).toBe('2 3')
  expect(ids(onePerTarget(rows, 'de'))).toBe('1 3')
})

test('an error code is linked by its device and named by what it means', () => {
  expect(codeChoice(code())).toMatchObject({ words: 'E-04 (Aurora MR): Helium low', target: 'code:aurora-mr/e04' })
})

test('articles and codes share the list, and codes go first where a digit was typed', () => {
  expect(ids(mixed(articles, codes, 'helium'))).toBe('a0 a1 a2 a3 c0 c1 c2 c3')
  expect(ids(mixed(articles, codes, 'e-04'))).toBe('c0 c1 c2 c3 a0 a1 a2 a3')
  expect(ids(mixed(articles, [], 'e-04'))).toBe('a0 a1 a2 a3 a4 a5 a6 a7')
  expect(ids(mixed([], codes, 'e-04'))).toBe('c0 c1 c2 c3 c4 c5 c6 c7')
})
