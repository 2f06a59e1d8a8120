/** A screen with everything round it, and a server that answers as the test says. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Tooltip } from 'radix-ui'
import { act, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { vi } from 'vitest'
import type { Me } from '../api/types'
import { MeProvider } from '../app/me'
import { I18nProvider } from '../i18n'
import { Toasts } from '../ui/Toasts'
import { meWith } from './builders'

export type Asked = { method: string; path: string; body: unknown }
type Answer = unknown | { status: number; json: unknown }

/** Answers `GET /path` and its like; what it has no answer for is not found. */
export function serverWith(answers: Record<string, Answer | ((body: never) => Answer)>): Asked[] {
  const asked: Asked[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const { method = 'GET' } = init
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : init.body
    asked.push({ method, path, body })
    const known = answers[`${method} ${path}`] ?? answers[`${method} ${path.split('?')[0]}`]
    const answer = typeof known === 'function' ? known(body as never) : known
    const { status, json } = isFailure(answer) ? answer : { status: answer === undefined ? 404 : 200, json: answer }
    return new Response(JSON.stringify(json ?? {}), { status })
  })
  return asked
}

export const refused = (status: number, code: string, details: unknown = {}) => ({
  status,
  json: { code, message: 'No.', details },
})

let shown: Root | null = null

/** Shows it instead of what was there, and waits until nothing is on its way. */
export async function show(screen: ReactNode, me: Partial<Me> = {}): Promise<HTMLElement> {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener() {}, removeEventListener() {} }))
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  )
  await leave()
  document.body.innerHTML = '<main id="main"></main>'
  const main = document.getElementById('main') as HTMLElement
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const root = createRoot(main)
  shown = root
  await act(async () =>
    root.render(
      <QueryClientProvider client={queries}>
        <Tooltip.Provider>
          <I18nProvider language="en">
            <MeProvider me={meWith(me)}>
              {screen}
              <Toasts />
            </MeProvider>
          </I18nProvider>
        </Tooltip.Provider>
      </QueryClientProvider>,
    ),
  )
  await settle()
  return main
}

/** What was shown goes. */
export async function leave(): Promise<void> {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  const before = shown
  shown = null
  await act(async () => before?.unmount())
}

export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await act(async () => new Promise((resolve) => setTimeout(resolve)))
}

/** The button of this name, anywhere on the page. */
export function button(name: string): HTMLButtonElement {
  const all = [...document.querySelectorAll<HTMLButtonElement>('button, a.button')]
  const found = all.find((one) => (one.getAttribute('aria-label') ?? one.textContent ?? '').trim() === name)
  if (!found) throw new Error(`no button “${name}” among: ${all.map((one) => one.textContent).join(' | ')}`)
  return found
}

export async function press(name: string): Promise<void> {
  await act(async () => button(name).click())
  await settle()
}

/** Types into the field of this label. */
export async function type(label: string, text: string): Promise<void> {
  const field = labelled(label)
  const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement
  await act(async () => {
    Object.getOwnPropertyDescriptor(kind.prototype, 'value')?.set?.call(field, text)
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })
}

export function labelled(label: string): HTMLInputElement | HTMLTextAreaElement {
  const found = [...document.querySelectorAll('label')].find((one) => one.textContent?.trim() === label)
  const field = found && document.getElementById(found.htmlFor)
  if (!field) throw new Error(`no field “${label}”`)
  return field as HTMLInputElement
}

function isFailure(answer: Answer): answer is { status: number; json: unknown } {
  return answer !== null && typeof answer === 'object' && 'status' in answer && 'json' in answer
}
