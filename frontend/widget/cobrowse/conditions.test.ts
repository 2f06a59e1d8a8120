import { expect, test } from 'vitest'
import { filterSheet } from '../../shared/cobrowse/css'
import { createConditions } from './conditions'

test('a condition is a class without a meaning, in the sheet and on the elements that fulfil it', () => {
  const conditions = createConditions()
  const sheet = '[data-theme="dark"] .a,b[aria-expanded="true"]:hover{color:red}[data-theme="light"]{top:0}'
  expect(filterSheet(sheet, conditions.alias)).toBe('._a .a,b._b:hover{color:red;}._c{top:0;}')
  expect(conditions.takeNew()).toEqual(['[data-theme="dark"]', '[aria-expanded="true"]', '[data-theme="light"]'])
  expect(conditions.takeNew()).toEqual([])
  document.body.innerHTML = '<p data-theme="dark" aria-expanded="true"></p>'
  const element = document.querySelector('p') as Element
  expect(conditions.of(element)).toEqual(['_a', '_b'])
  element.setAttribute('data-theme', 'light')
  expect(conditions.of(element)).toEqual(['_c', '_b'])
})

test.each(['[value="secret"]', '[href^="https://x"]', '[title]'])('%s is not asked', (selector) => {
  const conditions = createConditions()
  expect(conditions.alias(selector)).toBeNull()
  expect(filterSheet(`a${selector},b{top:0}`, conditions.alias)).toBe('b{top:0;}')
})

test('an element of the page goes by a class, and what only looks like one stays', () => {
  const conditions = createConditions()
  const sheet = 'my-card:first-child > p,:not(my-card):lang(de-at){top:0}'
  expect(filterSheet(sheet, conditions.alias)).toBe('._a:first-child > p,:not(._a):lang(de-at){top:0;}')
  expect(filterSheet(sheet)).toBe('')
  expect(conditions.of(document.createElement('my-card'))).toEqual(['_a'])
  expect(conditions.of(document.createElement('p'))).toEqual([])
})
