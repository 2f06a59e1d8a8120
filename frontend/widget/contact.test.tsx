import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, expect, test } from 'vitest'
import { createStore } from '../shared/store'
import { entry } from '../shared/testing'
import { ContactCard } from './contact'
import { widgetWith } from './testing'
import { type Widget, WidgetContext } from './widget'

/** The card once a question is asked; `contact` is an address that was left before. */
function card(widget: Widget, contact = ''): HTMLElement {
  const page = document.createElement('div')
  const state = { ...widget.chat.state.getSnapshot(), contact, entries: [entry(1, { from: 'customer' })] }
  const chat = { ...widget.chat, state: createStore(state) }
  act(() =>
    render(
      <WidgetContext.Provider value={{ ...widget, chat }}>
        <ContactCard />
      </WidgetContext.Provider>,
      page,
    ),
  )
  return page
}

afterEach(() => localStorage.clear())

test('out of hours a visitor is asked where the answer may go', () => {
  expect(card(widgetWith()).querySelector('input[type=email]')).not.toBe(null)
})

test('an address is neither asked for nor promised an answer where none can go by mail', () => {
  expect(card(widgetWith({ mail: false })).textContent).toBe('')
  expect(card(widgetWith({ mail: false }), 'kim@example.org').textContent).toBe('')
})
