import { afterEach, expect, test, vi } from 'vitest'
import { widgetWith } from './testing'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A page whose centre says now that somebody is there; how often it was asked. */
function centre(answer: () => Response) {
  vi.useFakeTimers()
  const fetch = vi.fn(async () => answer())
  vi.stubGlobal('fetch', fetch)
  return fetch
}

test('a panel opened a while later knows who is there now', async () => {
  const fetch = centre(() => new Response('{"agents":true}'))
  const widget = widgetWith()
  vi.advanceTimersByTime(30_000)
  widget.open()
  expect(fetch).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  widget.open()
  await vi.waitFor(() => expect(widget.config.getSnapshot()?.agents).toBe(true))
  widget.open()
  expect(fetch).toHaveBeenCalledTimes(1)
})

test('who is not reached then still shows what is known', async () => {
  const fetch = centre(() => new Response('', { status: 503 }))
  const widget = widgetWith()
  vi.advanceTimersByTime(30_001)
  widget.open()
  await vi.waitFor(() => expect(fetch).toHaveBeenCalled())
  await vi.advanceTimersByTimeAsync(0)
  expect(widget.failed.getSnapshot()).toBe(false)
  expect(widget.config.getSnapshot()?.name).toBe('Shop')
})
