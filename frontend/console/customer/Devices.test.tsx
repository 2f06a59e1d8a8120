import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Tooltip } from 'radix-ui'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, expect, test, vi } from 'vitest'
import { I18nProvider } from '../i18n'
import { toasts, undoLatest } from '../ui/toast'
import { Devices } from './Devices'

const PATH = '/api/customers/c1/devices'
const DEVICE = { id: 'd1', name: 'Kestrel DX', product: 'kestrel-dx', model: '', serial: 'K-1', place: 'Room 2' }

/** A centre with one device; what it is asked to write. */
function server() {
  const written: string[] = []
  let items = [DEVICE]
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  vi.stubGlobal('fetch', async (path: string, { method, body }: RequestInit) => {
    if (method === 'GET') return new Response(JSON.stringify({ items }))
    written.push(`${method} ${path} ${body ?? ''}`.trim())
    items = method === 'DELETE' ? [] : [DEVICE]
    return new Response(method === 'DELETE' ? '' : '{}')
  })
  return written
}

/** Lets everything that was asked arrive, until it looks as it should. */
function until(check: () => void): Promise<void> {
  return vi.waitFor(async () => {
    await act(async () => undefined)
    check()
  })
}

let root: Root

async function shown(): Promise<HTMLElement> {
  const box = document.createElement('div')
  document.body.append(box)
  root = createRoot(box)
  await act(async () =>
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <I18nProvider language="en">
          <Tooltip.Provider>
            <Devices customer="c1" />
          </Tooltip.Provider>
        </I18nProvider>
      </QueryClientProvider>,
    ),
  )
  await until(() => expect(box.textContent).toContain('Kestrel DX'))
  return box
}

afterEach(async () => {
  await act(async () => root.unmount())
  vi.unstubAllGlobals()
  document.body.replaceChildren()
  toasts.set([])
})

test('a device is shown by name, serial number and place', async () => {
  server()
  const box = await shown()
  expect(box.querySelector('.device')?.textContent).toContain('Kestrel DX K-1Room 2')
})

test('removing a device offers to take it back', async () => {
  const written = server()
  const box = await shown()
  await act(async () => box.querySelector<HTMLElement>('[aria-label="Remove Kestrel DX"]')?.click())
  await until(() => expect(box.textContent).toContain('No device is known yet'))
  await act(async () => void undoLatest())
  await until(() => expect(box.textContent).toContain('K-1'))
  expect(written).toEqual([`DELETE ${PATH}/d1`, `PATCH ${PATH}/d1 {"active":true}`])
})
