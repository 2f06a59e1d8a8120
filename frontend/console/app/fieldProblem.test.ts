import { expect, test } from 'vitest'
import { fieldProblem } from './fieldProblem'

test.each([
  ['name', 'required', 'form.required'],
  ['email', 'taken', 'form.taken'],
  ['email', 'invalid', 'form.want_email'],
  ['hours', 'invalid', 'form.want_hours'],
  ['something', 'a_new_code', 'form.check'],
])('a code becomes a sentence for its field: %s %s', (name, code, key) => {
  expect(fieldProblem(name, code, true)).toBe(key)
})

test("the server's sentence stays for readers of English and is ours for others", () => {
  expect(fieldProblem('email', 'This is no mail address.', true)).toBeNull()
  expect(fieldProblem('email', 'This is no mail address.', false)).toBe('form.want_email')
  expect(fieldProblem('name', '“Support” is already in use.', false)).toBe('form.taken')
  expect(fieldProblem('team', 'There is no such team.', false)).toBe('form.gone')
})
