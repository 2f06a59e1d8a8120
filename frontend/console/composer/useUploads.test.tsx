import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, test, vi } from 'vitest'
import { I18nProvider } from '../i18n'
import { useUploads } from './useUploads'

/** What the server is asked; an upload ends when the test says so. */
function server() {
  const asked: string[] = []
  const stored: (() => void)[] = []
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  vi.stubGlobal('fetch', (path: string, { method }: RequestInit) => {
    asked.push(`${method} ${path}`)
    if (method !== 'POST') return Promise.resolve(new Response('{"ok":true}'))
    const id = `f${stored.length + 1}`
    return new Promise<Response>((resolve) => stored.push(() => resolve(new Response(JSON.stringify({ id })))))
  })
  return { asked, stored }
}

/** The files of an open composer. */
function composer() {
  const shown: { uploads?: ReturnType<typeof useUploads> } = {}
  const Shown = () => {
    shown.uploads = useUploads()
    return null
  }
  act(() =>
    createRoot(document.createElement('div')).render(
      <I18nProvider language="en">
        <Shown />
      </I18nProvider>,
    ),
  )
  return () => shown.uploads as ReturnType<typeof useUploads>
}

afterEach(() => vi.unstubAllGlobals())

test('a file that is removed is let go of by the server too, also while it is still on its way', async () => {
  const { asked, stored } = server()
  const uploads = composer()
  await act(async () => uploads().add([new File(['x'], 'a.txt'), new File(['y'], 'b.txt')]))
  await act(async () => stored[0]?.())
  const [first, second] = uploads().files
  await act(async () => uploads().remove(second?.key ?? ''))
  await act(async () => uploads().remove(first?.key ?? ''))
  expect(asked.slice(2)).toEqual(['DELETE /api/uploads/f1'])
  await act(async () => stored[1]?.())
  expect(asked.slice(2)).toEqual(['DELETE /api/uploads/f1', 'DELETE /api/uploads/f2'])
  expect(uploads().files).toEqual([])
})
