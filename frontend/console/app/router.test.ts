import { expect, test } from 'vitest'
import { routeOf, to } from './router'

test.each([
  ['/console/', { name: 'queue' }],
  ['/console', { name: 'queue' }],
  [to.interaction('abc'), { name: 'interaction', id: 'abc' }],
  [to.customer('c1'), { name: 'customer', id: 'c1' }],
  [to.knowledge('codes', 'k1'), { name: 'knowledge', tab: 'codes', id: 'k1' }],
  [to.settings('sites', 'new'), { name: 'settings', screen: 'sites', id: 'new' }],
  [to.reports(), { name: 'reports', tab: 'knowledge' }],
  [to.reports('callbacks'), { name: 'reports', tab: 'callbacks' }],
  [to.callbacks(), { name: 'callbacks', tab: 'due' }],
  [to.callbacks('calendar'), { name: 'callbacks', tab: 'calendar' }],
  [to.settings(), { name: 'settings', screen: 'profile', id: null }],
  ['/console/elsewhere', { name: 'lost' }],
])('%s leads to its screen', (path, route) => {
  expect(routeOf(path)).toEqual(route)
})

test('an id with a slash or umlaut survives the address', () => {
  expect(routeOf(to.customer('ä/b'))).toEqual({ name: 'customer', id: 'ä/b' })
})
