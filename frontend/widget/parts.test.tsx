import { render } from 'preact'
import { describe, expect, test, vi } from 'vitest'
import { brand, luminance } from './color'
import { createLauncher } from './launcher'
import { RichText } from './rich-text'
import { readSettings } from './settings'
import { createKeep } from './storage'

test.each(['#0b5', '#0b57d0', '#ffe14d', '#000000', '#ffffff', '#767676', 'red', undefined])(
  'text on the accent %s can be read',
  (accent) => {
    const { accent: ground, onAccent } = brand(accent)
    const [a, b] = [luminance(ground), onAccent === '#fff' ? 1 : 0]
    expect((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)).toBeGreaterThanOrEqual(4.5)
  },
)

describe('the script element', () => {
  const script = (dataset: Record<string, string>) => {
    const element = document.createElement('script')
    element.src = 'https://centre.example/widget.js'
    Object.assign(element.dataset, dataset)
    return element
  }

  test('names site, language and person', () => {
    const identity = { email: 'kim@example.org', name: 'Kim', hmac: 'abc' }
    expect(readSettings(script({ site: 'KEY', lang: 'de', identity: JSON.stringify(identity) }))).toEqual({
      base: 'https://centre.example',
      site: 'KEY',
      language: 'de',
      identity,
      theme: '',
      open: false,
      byHttp: false,
    })
  })

  test('without a site there is no widget', () => {
    expect(readSettings(script({}))).toBe(null)
    expect(readSettings(null)).toBe(null)
  })

  test('a broken identity is nobody, and the page decides the language before the browser', () => {
    document.documentElement.lang = 'de-CH'
    expect(readSettings(script({ site: 'KEY', identity: '{' }))).toMatchObject({ identity: null, language: 'de' })
    document.documentElement.lang = ''
  })
})

test('where the browser blocks storage the widget works for this page', () => {
  const blocked = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('blocked')
  })
  const keep = createKeep('SITE')
  keep.set('token', 'signed')
  expect([keep.get('token'), keep.get('c'), keep.hasConversation()]).toEqual(['signed', '', false])
  blocked.mockRestore()
})

test('the launcher says in words what its badge shows', () => {
  const root = document.createElement('div').attachShadow({ mode: 'open' })
  const { button, show } = createLauncher(root, 'de')
  show(false, 12)
  expect(button.getAttribute('aria-label')).toBe('Hilfe und Chat öffnen, 12 ungelesene Nachrichten')
  expect(button.textContent).toBe('9+')
  show(true, 12)
  expect(button.getAttribute('aria-expanded')).toBe('true')
  expect(root.querySelector<HTMLElement>('.badge')?.hidden).toBe(true)
})

test('markup in a message is text, and only web addresses become links', () => {
  const root = document.createElement('div')
  render(<RichText text={'<img src=x onerror=alert(1)> see https://help.example/a?b=1. javascript:alert(1)'} />, root)
  expect(root.textContent).toBe('<img src=x onerror=alert(1)> see https://help.example/a?b=1. javascript:alert(1)')
  expect([...root.querySelectorAll('*')].map((each) => each.outerHTML)).toEqual([
    '<a href="https://help.example/a?b=1" target="_blank" rel="noopener noreferrer">https://help.example/a?b=1</a>',
  ])
})
