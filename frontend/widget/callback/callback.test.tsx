import { act } from 'preact/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { DoorView, Home } from '../home'
import { createKeep } from '../storage'
import { shown, widgetWith } from '../testing'
import type { Door } from './door'
import { type Offer, show } from './view'

const offer: Offer = {
  line: 'line-1',
  who: 'Service',
  clock: 'Berlin time',
  zone: 'Europe/Berlin',
  soonest: 'in 5 to 10 minutes',
  days: [{ words: 'Monday, 2 March', choices: [{ start: '2026-03-02T09:00:00Z', words: '10:00–10:30' }] }],
  subjects: [{ id: 'general', words: 'A question' }],
  open: null,
}

afterEach(() => {
  vi.unstubAllGlobals()
  localStorage.clear()
  document.body.replaceChildren()
})

/** The centre answers these, in order; what it was asked. */
function answers(...given: [number, object][]): { path: string; sent: Record<string, unknown> }[] {
  const asked: { path: string; sent: Record<string, unknown> }[] = []
  const answer = async (address: string, options: RequestInit = {}) => {
    asked.push({ path: new URL(address).pathname, sent: JSON.parse(String(options.body ?? '{}')) })
    const [status, body] = given[asked.length - 1] ?? [500, {}]
    return { ok: status < 300, status, json: async () => body }
  }
  vi.stubGlobal('fetch', answer)
  return asked
}

async function opened(q = ''): Promise<HTMLElement> {
  vi.stubGlobal(
    'CSSStyleSheet',
    class {
      replaceSync() {}
    },
  )
  const place = document.createElement('div')
  const root = Object.assign(document.createElement('div').attachShadow({ mode: 'open' }), { adoptedStyleSheets: [] })
  const { settings } = widgetWith()
  document.body.append(place) // a form that stands nowhere is not sent
  act(() => show({ place, q, settings, root, keep: createKeep('SITE') }))
  await vi.waitFor(() => expect(place.textContent).not.toContain('One moment'))
  return place
}

/** Presses the button, and waits until the page says so. */
async function presses(place: HTMLElement, words: string, said: string): Promise<void> {
  const button = [...place.querySelectorAll('button')].find(({ textContent }) => textContent === words)
  act(() => button?.click())
  await vi.waitFor(() => expect(place.textContent).toContain(said))
}

const a_door = (): Door & { places: HTMLElement[] } => {
  const places: HTMLElement[] = []
  return { places, label: 'Call me back', show: (place) => places.push(place) }
}

test('the first screen offers a call only where somebody calls back', () => {
  expect(shown(widgetWith(), <Home q="" />).textContent).not.toContain('Call me back')
  expect(shown(widgetWith({}, a_door()), <Home q="" />).textContent).toContain('Call me back')
})

test('the question goes along to the screen of its own', () => {
  const door = a_door()
  const widget = widgetWith({}, door)
  widget.api.suggest = async () => []
  const page = shown(widget, <Home q="E-04" />)
  act(() => [...page.querySelectorAll('button')].find(({ textContent }) => textContent === door.label)?.click())
  expect(widget.view.getSnapshot()).toEqual({ name: 'door', q: 'E-04' })
  const place = shown(widget, <DoorView q="E-04" />).querySelector('.body')
  expect(door.places).toEqual([place])
})

test('what is sent has the question, the zone and a random id, and the answer is the promise', async () => {
  const asked = answers([200, offer], [201, { key: 'k', when: 'in 5 to 10 minutes', who: 'Service' }])
  const place = await opened('It shows E-04')
  ;(place.querySelector('[name=phone]') as HTMLInputElement).value = '030 901820'
  await presses(place, 'Call me back', 'We will call you')
  expect(asked[1]).toMatchObject({
    path: '/callback/requests',
    sent: { phone: '030 901820', text: 'It shows E-04', q: 'It shows E-04', zone: 'Europe/Berlin', source: 'widget' },
  })
  expect(asked[1]?.sent.client_id).toMatch(/^[0-9a-f-]{36}$/)
  expect(place.textContent).toContain('in 5 to 10 minutes')
  expect(place.textContent).toContain('that one stays, at its own time') // to everybody: nobody learns who has one
})

test('a wrong field is named, marked and nothing is lost', async () => {
  const details = { phone: 'This is an emergency number.' }
  answers([200, offer], [422, { code: 'number_emergency', message: 'x', details }])
  const place = await opened()
  const phone = place.querySelector('[name=phone]') as HTMLInputElement
  phone.value = '112'
  await presses(place, 'Call me back', details.phone)
  expect(phone.value).toBe('112')
  expect(phone.getAttribute('aria-invalid')).toBe('true')
  expect(place.querySelector('#cb-phone')?.textContent).toBe(details.phone)
})

test('a callback that is open is shown and can be cancelled', async () => {
  const asked = answers([200, { ...offer, open: { when: 'Monday' } }], [200, { cancelled: true }])
  const place = await opened()
  expect(place.textContent).toContain('You have asked for a call')
  await presses(place, 'Cancel this callback', 'We will not call you')
  expect(asked[1]?.path).toBe('/callback/requests/cancel')
})

test('a network that fails loses nothing and says so', async () => {
  answers([200, offer])
  const place = await opened('It shows E-04')
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
  await presses(place, 'Call me back', 'please try again')
  expect((place.querySelector('[name=text]') as HTMLTextAreaElement).value).toBe('It shows E-04')
})
