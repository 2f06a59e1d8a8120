import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { moveByArrows } from './arrows'
import { countAsked } from './asked'
import { loadWidget, offerChat } from './chat'

const PAGE = `<form data-asked="/help/en/asked/"><input id="q" name="q"></form>
  <section id="found"><a class="card" href="/1">1</a><a class="card" href="/2">2</a></section>`
const sent = vi.fn((_url: string, _data: FormData) => true)

function field(): HTMLInputElement {
  return document.querySelector('#q') as HTMLInputElement
}

function type(text: string): void {
  field().value = text
  field().dispatchEvent(new Event('input', { bubbles: true }))
}

function press(key: string): void {
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('navigator', { sendBeacon: sent })
  document.body.innerHTML = PAGE
  countAsked(document.querySelector('form') as HTMLFormElement)
})

afterEach(() => {
  dispatchEvent(new Event('pagehide')) // the form of this test lets go of the page
  sent.mockClear()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function questions(): unknown[] {
  return sent.mock.calls.map(([url, data]) => [url, data.get('q')])
}

test('what was typed counts once, when its answers have been looked at', () => {
  type('pap')
  vi.advanceTimersByTime(1_999)
  type('paper')
  vi.advanceTimersByTime(1_999)
  expect(questions()).toEqual([])
  vi.advanceTimersByTime(10_000)
  expect(questions()).toEqual([['/help/en/asked/', 'paper']])
})

test('who goes on from the answers has looked at them', () => {
  type('paper')
  dispatchEvent(new Event('pagehide'))
  dispatchEvent(new Event('pagehide'))
  expect(questions()).toEqual([['/help/en/asked/', 'paper']])
})

test('a form that is sent is not counted twice, and nothing is no question', () => {
  type('paper')
  document.querySelector('form')?.dispatchEvent(new Event('submit'))
  type('  ')
  vi.advanceTimersByTime(10_000)
  expect(questions()).toEqual([])
})

test('the arrow keys lead from the field through the answers and back', () => {
  moveByArrows(document)
  const [first, second] = document.querySelectorAll('a')
  field().focus()
  press('ArrowDown')
  expect(document.activeElement).toBe(first)
  press('ArrowDown')
  press('ArrowDown')
  expect(document.activeElement).toBe(second)
  press('ArrowUp')
  press('ArrowUp')
  expect(document.activeElement).toBe(field())
})

test('a link to a person opens the panel of the widget, once it is there', () => {
  document.body.innerHTML = '<a href="#form" data-chat>Chat</a><interaction-center></interaction-center>'
  offerChat(document)
  expect(document.documentElement.dataset.canChat).toBe('')
  const click = (): boolean =>
    (document.querySelector('a') as HTMLElement).dispatchEvent(new Event('click', { bubbles: true, cancelable: true }))
  expect(click()).toBe(true) // the link leads to the form
  const launcher = document.createElement('button')
  const pressed = vi.spyOn(launcher, 'click')
  document.querySelector('interaction-center')?.attachShadow({ mode: 'open' }).append(launcher)
  expect(click()).toBe(false)
  launcher.setAttribute('aria-expanded', 'true')
  click()
  expect(pressed).toHaveBeenCalledOnce()
})

test('the widget is told its site', () => {
  loadWidget('key')
  expect(document.querySelector<HTMLScriptElement>('script[src$="/widget.js"]')?.dataset.site).toBe('key')
})
