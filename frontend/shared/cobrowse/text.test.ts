import { expect, test } from 'vitest'
import { bullets, hideNumbers } from './text'

test('words become bullets of their length, at most eight, and spaces stay', () => {
  expect(bullets('Max  Mustermann\n geheim')).toBe('•••  ••••••••\n ••••••')
  expect(bullets(bullets('Donaudampfschiff'))).toBe('••••••••')
})

test.each([
  ['4111 1111 1111 1111', '•••• •••• •••• ••••'],
  ['pay with 4111-1111-1111-1111 now', 'pay with ••••-••••-••••-•••• now'],
  ['378282246310005', '•••••••••••••••'],
  ['order 12 4111 1111 1111 1111', 'order •• •••• •••• •••• ••••'],
  ['4111\u00a01111\u20131111\n1111', '••••\u00a0••••\u2013••••\n••••'],
])('the number of a card is hidden in %j', (text, shown) => {
  expect(hideNumbers(text)).toBe(shown)
})

test.each([
  ['DE89 3704 0044 0532 0130 00', '•••• •••• •••• •••• •••• ••'],
  ['to de89370400440532013000 please', 'to •••••••••••••••••••••• please'],
  ['IBANGB29NWBK60161331926819', 'IBAN••••••••••••••••••••••'],
])('an IBAN is hidden in %j', (text, shown) => {
  expect(hideNumbers(text)).toBe(shown)
})

test.each(['order 2024-11-27', 'DE89 1704 0044 0532 0130 01', '4111 1111 1111 1112', '+49 30 1234567', 'words'])(
  'other numbers stay readable: %j',
  (text) => {
    expect(hideNumbers(text)).toBe(text)
  },
)

test('a text full of single digits is read once, not once for each two of them', () => {
  const digits = '1 '.repeat(4000)
  expect(hideNumbers(digits)).toBe(digits)
})
