import { afterEach, expect, test, vi } from 'vitest'
import { ResourceScreen } from '../resource/ResourceScreen'
import { labelled, press, refused, serverWith, show, type } from '../testing/page'
import { cobrowseRules } from './rules'
import { badLines } from './selectors'

const RULES = {
  id: 'shop',
  name: 'Shop',
  enabled: true,
  show: ['main'],
  mask: [],
  block: ['.account'],
  deny: false,
  submit: false,
  recording: false,
  retention_days: 30,
}
const path = (id = '') => `/console/settings/cobrowse/${id}`

Element.prototype.scrollIntoView = () => {}
vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllGlobals())

test('each line that is no selector is found, counted as it stands', () => {
  expect(badLines(['main', '', 'div[', '.a > b', 'p::before'])).toEqual([
    { number: 3, text: 'div[' },
    { number: 5, text: 'p::before' },
  ])
})

test('the rules of a site are changed line by line, and nothing else is sent', async () => {
  const asked = serverWith({
    'GET /api/cobrowse/rules': { items: [RULES], next: null },
    'PATCH /api/cobrowse/rules/shop': { ...RULES, mask: ['.name', '.mail'] },
  })
  await show(<ResourceScreen spec={cobrowseRules} id="shop" path={path} />)
  expect(labelled('Block').value).toBe('.account')
  await type('Mask', '.name\n.mail')
  await press('Save')
  expect(asked.filter(({ method }) => method === 'PATCH').map(({ body }) => body)).toEqual([
    { mask: ['.name', '.mail'] },
  ])
})

test('a line that hides nothing because it is no selector is named and not saved', async () => {
  const asked = serverWith({ 'GET /api/cobrowse/rules': { items: [RULES], next: null } })
  await show(<ResourceScreen spec={cobrowseRules} id="shop" path={path} />)
  await type('Block', '.account\ndiv[')
  expect(document.body.textContent).toContain('Line 2, “div[”, is no CSS selector')
  await press('Save')
  expect(asked.filter(({ method }) => method === 'PATCH')).toEqual([])
})

test('what the server refuses stands at its field', async () => {
  serverWith({
    'GET /api/cobrowse/rules': { items: [RULES], next: null },
    'PATCH /api/cobrowse/rules/shop': refused(422, 'invalid', { show: 'Line 1, “:hover”, can not be checked.' }),
  })
  await show(<ResourceScreen spec={cobrowseRules} id="shop" path={path} />)
  await type('Show', ':hover')
  await press('Save')
  expect(document.querySelector('[role=alert]')?.textContent).toContain('Line 1, “:hover”')
})

test('sites are made elsewhere, and where there are none it says so', async () => {
  serverWith({ 'GET /api/cobrowse/rules': { items: [], next: null } })
  await show(<ResourceScreen spec={cobrowseRules} id={null} path={path} />)
  expect(document.body.textContent).toContain('No sites yet')
  expect(document.querySelector('a[href$="/new"]')).toBeNull()
})
