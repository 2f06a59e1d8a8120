import { afterEach, expect, test, vi } from 'vitest'
import { categoriesFor, codesFor, productsFor } from '../knowledge/specs'
import { type Asked, press, serverWith, show, type } from '../testing/page'
import { ResourceScreen } from './ResourceScreen'

const path = (id = '') => `/console/knowledge/x/${id}`
const sent = (asked: Asked[]) =>
  asked.filter(({ method }) => method === 'PATCH').map((one) => [one.path.split('/').at(-1), one.body])

// A busy machine takes its time to draw a whole screen.
vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllGlobals())

test('a thing that is moved changes places, and nothing else is written', async () => {
  const category = (id: string, position: number) => ({
    id,
    slug: id,
    names: { en: id },
    descriptions: {},
    position,
    articles: 0,
  })
  const asked = serverWith({
    'GET /api/kb/categories': { items: [category('one', 0), category('two', 1), category('three', 2)] },
    'PATCH /api/kb/categories/one': {},
    'PATCH /api/kb/categories/two': {},
  })
  await show(<ResourceScreen spec={categoriesFor('en')} id={null} path={path} />)
  await press('Move down: one')
  expect(sent(asked)).toEqual([
    ['two', { position: 0 }],
    ['one', { position: 1 }],
  ])
})

test('a thing beyond the pages read so far is asked for by itself', async () => {
  const code = { id: 'c9', code: 'E-9', device_family: 'Pump', locale: 'en', meaning: 'Dry', remedy: ['Fill it'] }
  const asked = serverWith({
    'GET /api/kb/error-codes': { items: [], next: 'more' },
    'GET /api/kb/error-codes/c9': code,
    'GET /api/kb/products': { items: [] },
  })
  await show(<ResourceScreen spec={codesFor(true)} id="c9" path={path} searchable />)
  expect(document.body.textContent).toContain('E-9 · Dry')
  expect(asked.filter((one) => one.path.startsWith('/api/kb/error-codes')).length).toBe(2)
})

test('models are shown and sent by their names', async () => {
  const product = {
    id: 'p1',
    key: 'pump',
    name: 'Pump',
    models: [{ key: 'one', name: 'Pump 1' }],
    codes: 0,
    articles: 0,
  }
  const asked = serverWith({ 'GET /api/kb/products': { items: [product] }, 'PATCH /api/kb/products/p1': product })
  await show(<ResourceScreen spec={productsFor()} id="p1" path={path} />)
  const models = [...document.querySelectorAll('textarea')].find(({ value }) => value === 'Pump 1')
  expect(models).toBeDefined()
  await type('Models', 'Pump 1\nPump 2')
  await press('Save')
  expect(sent(asked)).toEqual([['p1', { models: ['Pump 1', 'Pump 2'] }]])
})
