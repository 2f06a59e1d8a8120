import { act } from 'preact/test-utils'
import { afterEach, expect, test } from 'vitest'
import { createStore } from '../shared/store'
import { entry } from '../shared/testing'
import { ContactCard } from './contact'
import { shown, widgetWith } from './testing'
import type { Widget } from './widget'

/** The card once a question is asked; `contact` is an address that was left before. */
function card(widget: Widget, { contact = '', refusal = '' } = {}): HTMLElement {
  const state = { ...widget.chat.state.getSnapshot(), contact, entries: [entry(1, { from: 'customer' })] }
  const leaveContact = () => Promise.reject({ code: refusal, message: '' })
  return shown({ ...widget, chat: { ...widget.chat, leaveContact, state: createStore(state) } }, <ContactCard />)
}

afterEach(() => localStorage.clear())

test('out of hours a visitor is asked where the answer may go', () => {
  expect(card(widgetWith()).querySelector('input[type=email]')).not.toBe(null)
})

test('an address is neither asked for nor promised an answer where none can go by mail', () => {
  expect(card(widgetWith({ mail: false })).textContent).toBe('')
  expect(card(widgetWith({ mail: false }), { contact: 'kim@example.org' }).textContent).toBe('')
})

test.each([
  ['invalid', 'Please enter a complete e-mail address.'],
  ['rate_limited', 'Too many changes. Please write your address into a message.'],
  ['offline', 'This does not work right now. Please try again in a moment.'],
])('an address that is refused as %s says what to do', async (refusal, words) => {
  const page = card(widgetWith(), { refusal })
  const email = page.querySelector<HTMLInputElement>('input[type=email]')
  if (email) email.value = 'kim@example.org'
  await act(async () => {
    page.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }))
  })
  expect(page.querySelector('[role=alert]')?.textContent).toBe(words)
})
