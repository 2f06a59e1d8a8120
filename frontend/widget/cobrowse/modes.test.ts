import { afterEach, expect, test } from 'vitest'
import { fieldAttributes, isNever, neverAgain, shownValue } from './fields'
import { createModes } from './modes'

const RULES = { show: [], mask: [], block: [], deny: false }

function made<E extends Element>(html: string): E {
  document.body.innerHTML = html
  return document.body.firstElementChild as E
}

afterEach(() => {
  document.body.innerHTML = ''
})

test('of several modes the stricter one counts', () => {
  const modes = createModes({ ...RULES, show: ['.a'], mask: ['.b'], block: ['.c'] })
  expect(modes.own(made('<p class="a">'))).toBe('show')
  expect(modes.own(made('<p class="a b">'))).toBe('mask')
  expect(modes.own(made('<p class="a b c">'))).toBe('block')
  expect(modes.own(made('<p class="a" data-cobrowse="block">'))).toBe('block')
  expect(modes.own(made('<p>'))).toBeNull()
  expect([...modes.within(document).values()]).toEqual([])
})

test('a site that denies shows what its rules name, and nothing that a page says of itself', () => {
  const modes = createModes({ ...RULES, show: ['.a'], deny: true })
  expect(modes.own(made('<p data-cobrowse="show">'))).toBeNull()
  expect(modes.own(made('<p class="a">'))).toBe('show')
})

test('of rules that cannot be read nothing is shown', () => {
  const modes = createModes({ ...RULES, show: ['.a'], block: ['][', '.c'] })
  expect(modes.own(made('<p class="a">'))).toBeNull()
  expect(modes.own(made('<p class="c">'))).toBe('block')
})

test('a bracket that is not closed hides no other rule', () => {
  const modes = createModes({ ...RULES, block: ['p:not(.a'] })
  expect(modes.own(made('<p class="a" data-cobrowse="block">'))).toBe('block')
})

test.each([
  '<input type="password" value="x">',
  '<input type="hidden" value="x">',
  '<input type="file">',
  '<input autocomplete="section-a cc-number" value="x">',
  '<input autocomplete="ONE-TIME-CODE" value="x">',
  '<input name="user_password" value="x">',
  '<input id="cvv" value="x">',
  '<input placeholder="IBAN" value="x">',
  '<textarea name="csrf_token">x</textarea>',
])('nothing is ever sent of %s', (html) => {
  const field = made<HTMLInputElement>(html)
  expect(isNever(field)).toBe(true)
  expect(shownValue(field, 'show')).toBe('')
  expect(JSON.stringify(fieldAttributes(field, 'show'))).not.toContain('x"')
})

test('what was a password stays one', () => {
  const field = made<HTMLInputElement>('<input type="password" value="x">')
  expect(isNever(field)).toBe(true)
  field.type = 'text'
  expect(isNever(field)).toBe(true)
  const other = made<HTMLInputElement>('<input value="x">')
  neverAgain(other)
  expect(shownValue(other, 'show')).toBe('')
})

test.each([
  ['<input value="Max">', 'mask', { value: '•••', type: 'text' }],
  ['<input value="Max" placeholder="Your name">', 'show', { value: 'Max', placeholder: 'Your name', type: 'text' }],
  ['<input type="number" value="42" min="1">', 'mask', { value: '••', type: 'text' }],
  ['<input type="number" value="42" min="1">', 'show', { value: '42', type: 'number', min: '1' }],
  ['<input type="range" value="7">', 'mask', { type: 'range' }],
  ['<input type="checkbox" checked value="secret">', 'mask', { type: 'checkbox', checked: '' }],
  ['<input type="submit" value="Buy">', 'mask', { type: 'submit', value: '•••' }],
  ['<textarea>two words</textarea>', 'mask', { value: '••• •••••' }],
  ['<input value="4111111111111111">', 'show', { value: '••••••••••••••••', type: 'text' }],
] as const)('%s in mode %s', (html, mode, attributes) => {
  expect(fieldAttributes(made<HTMLInputElement>(html), mode)).toEqual(attributes)
})
