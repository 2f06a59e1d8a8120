import { expect, test } from 'vitest'
import { articleWith } from '../../testing/builders'
import { onePerSlug } from './LinkPicker'

test('each answer is offered once, in the language of the text where there is one', () => {
  const rows = [
    articleWith({ id: '1', slug: 'reset', locale: 'de' }),
    articleWith({ id: '2', slug: 'reset', locale: 'en' }),
    articleWith({ id: '3', slug: 'clean', locale: 'de' }),
  ]
  expect(onePerSlug(rows, 'en').map(({ id }) => id)).toEqual(['2', '3'])
  expect(onePerSlug(rows, 'de').map(({ id }) => id)).toEqual(['1', '3'])
})
