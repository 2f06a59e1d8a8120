import { expect, test } from 'vitest'
import { articleWith } from '../../testing/builders'
import type { Article } from '../types'
import { badgesOf } from './words'

const labels = (more: Partial<Article>) => badgesOf(articleWith(more)).map(({ label }) => label)

test.each([
  [{}, ['article.draft']],
  [{ state: 'in_review' }, ['article.in_review']],
  [{ state: 'published', live: true }, ['article.published']],
  [{ state: 'draft', live: true }, ['article.live_draft']],
  [{ state: 'in_review', live: true }, ['article.live_review']],
  [{ state: 'scheduled', live: true }, ['article.published', 'article.scheduled_for']],
  [{ state: 'scheduled' }, ['article.scheduled_for']],
  [{ state: 'retired' }, ['article.retired']],
  [{ state: 'published', live: true, outdated: true }, ['article.published', 'article.outdated']],
  [{ audience: 'internal' }, ['article.draft', 'article.internal']],
] as [Partial<Article>, string[]][])('%j is said as %j', (more, expected) => {
  expect(labels(more)).toEqual(expected)
})
