import { act } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { articleWith } from '../../testing/builders'
import { type Asked, button, labelled, press, refused, serverWith, settle, show, type } from '../../testing/page'
import type { Article } from '../types'
import { ArticleScreen } from './ArticleScreen'

const A1 = '/api/kb/articles/a1'
const EMPTY = { items: [], next: null }
const round = {
  'GET /api/kb/categories': EMPTY,
  'GET /api/kb/products': EMPTY,
  'GET /api/kb/questions': EMPTY,
  [`GET ${A1}/versions`]: EMPTY,
  'POST /api/kb/preview': { html: '<p>As readers see it</p>', problems: [] },
}
const sent = (asked: Asked[], method: string) => asked.filter((one) => one.method === method).map(({ body }) => body)
const saves = (asked: Asked[]) => sent(asked, 'PATCH')
const words = () => document.body.textContent

/** Opens the article; `patch` answers each save. */
async function open(article: Partial<Article>, patch: (body: never) => unknown = () => articleWith(article)) {
  const asked = serverWith({ ...round, [`GET ${A1}`]: articleWith(article), [`PATCH ${A1}`]: patch })
  await show(<ArticleScreen id="a1" />)
  return asked
}

beforeEach(() => localStorage.clear())
// A busy machine takes its time to draw a whole screen.
vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllGlobals())

test('a save sends what was changed, and the version it was written upon', async () => {
  const asked = await open({ version: 4 }, () => articleWith({ version: 5, title: 'New title' }))
  await type('Title', 'New title')
  await press('Save')
  expect(saves(asked)).toEqual([{ title: 'New title', comment: '', expected: 4, minor: false, translated: false }])
  expect(words()).toContain('Everything is saved')
})

test('Ctrl+S saves a change to a published article as a draft', async () => {
  const asked = await open({ state: 'published', live: true })
  await type('Text', 'Other words')
  const event = new KeyboardEvent('keydown', { key: 's', ctrlKey: true, cancelable: true })
  await act(async () => window.dispatchEvent(event))
  await settle()
  expect(event.defaultPrevented).toBe(true)
  expect(saves(asked)).toMatchObject([{ body: 'Other words', state: 'draft' }])
})

test('when a colleague was faster, both texts are shown and mine is saved over theirs only when I say so', async () => {
  const theirs = articleWith({ version: 2, body: 'Words of Ben', updated_by: 'Ben Example' })
  const answers = [refused(409, 'article_changed', { version: 2 }), articleWith({ version: 3, body: 'My words' })]
  const asked = await open({}, () => answers.shift())
  await type('Text', 'My words')
  serverKnows(theirs)
  await press('Save')
  expect(words()).toContain('Ben Example has saved this article meanwhile')
  expect(words()).toContain('Words of Ben')
  expect((labelled('Text') as HTMLTextAreaElement).value).toBe('My words')
  await press('Save mine over theirs')
  expect(saves(asked)).toMatchObject([{ expected: 1 }, { body: 'My words', expected: 2 }])
})

test('when theirs is taken, mine is kept in the browser and can be brought back', async () => {
  await open({}, () => refused(409, 'article_changed'))
  await type('Text', 'My words')
  serverKnows(articleWith({ version: 2, body: 'Words of Ben' }))
  await press('Save')
  await press('Take theirs')
  expect((labelled('Text') as HTMLTextAreaElement).value).toBe('Words of Ben')
  await press('Bring it back')
  expect((labelled('Text') as HTMLTextAreaElement).value).toBe('My words')
})

test('what was typed and not saved is there again after a crash, with the version it was written upon', async () => {
  localStorage.setItem(
    'console.article.u1.a1',
    JSON.stringify({ changes: { body: 'Half a thought' }, expected: 1, at: '2026-11-26T10:00:00Z' }),
  )
  const asked = await open({ version: 2 })
  expect((labelled('Text') as HTMLTextAreaElement).value).toBe('Half a thought')
  expect(words()).toContain('Your unsaved changes')
  await press('Save')
  expect(saves(asked)).toMatchObject([{ body: 'Half a thought', expected: 1 }])
})

test('a refused save names the field and keeps every word', async () => {
  await open({}, () =>
    refused(422, 'invalid', { slug: 'Another article has this address already taken, already in use' }),
  )
  await type('Address', 'taken')
  await press('Save')
  expect(labelled('Address').getAttribute('aria-invalid')).toBe('true')
  expect(labelled('Address').value).toBe('taken')
})

test('whoever may not publish submits for review', async () => {
  const asked = serverWith({
    ...round,
    [`GET ${A1}`]: articleWith(),
    [`PATCH ${A1}`]: articleWith({ state: 'in_review' }),
  })
  await show(<ArticleScreen id="a1" />, { permissions: ['work_queue', 'edit_knowledge'] })
  expect(() => button('Publish')).toThrow()
  await press('Submit for review')
  expect(saves(asked)).toMatchObject([{ state: 'in_review' }])
})

test('whoever may not publish sorts no live article anew, and writes the words of customers', async () => {
  serverWith({ ...round, [`GET ${A1}`]: articleWith({ live: true, state: 'published' }) })
  await show(<ArticleScreen id="a1" />, { permissions: ['work_queue', 'edit_knowledge'] })
  const isLocked = (label: string) => labelled(label).matches(':disabled')
  expect(['Category', 'Device families', 'Models', 'Language', 'Address'].map(isLocked)).toEqual(Array(5).fill(true))
  expect(isLocked('Words that customers use')).toBe(false)
  expect(document.body.textContent).toContain('only who may publish changes where it belongs')
})

test('a new article is created once and goes on under its own address', async () => {
  history.replaceState(null, '', '/console/knowledge/articles/new?question=Why%20E-04%3F&locale=en')
  window.dispatchEvent(new PopStateEvent('popstate'))
  const made = articleWith({ title: 'Why E-04?', keywords: 'Why E-04?' })
  const asked = serverWith({ ...round, 'POST /api/kb/articles': made, [`GET ${A1}`]: made })
  await show(<ArticleScreen id="new" />)
  expect(labelled('Title').value).toBe('Why E-04?')
  await press('Save draft')
  const posts = asked.filter(({ method, path }) => method === 'POST' && path === '/api/kb/articles')
  expect(posts.map(({ body }) => body)).toMatchObject([{ title: 'Why E-04?', keywords: 'Why E-04?', locale: 'en' }])
  expect(location.pathname).toBe('/console/knowledge/articles/a1')
})

/** From now on the article is asked for and this is the answer. */
function serverKnows(article: Article): void {
  const before = fetch
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) =>
    path === A1 && init.method === 'GET' ? new Response(JSON.stringify(article)) : before(path, init),
  )
}

test('the preview says which links lead nowhere and why, in the language of the editor', async () => {
  const problems = [{ line: 3, text: 'the manual', target: 'article:gone', reason: 'retired', message: 'English.' }]
  serverWith({
    ...round,
    [`GET ${A1}`]: articleWith({}),
    'POST /api/kb/preview': { html: '<p>As readers see it</p>', problems },
  })
  await show(<ArticleScreen id="a1" />)
  await vi.waitFor(() => expect(words()).toContain('Line 3: “the manual” leads nowhere. The target was retired.'))
  expect(words()).not.toContain('English.')
})
