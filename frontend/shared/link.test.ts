import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Bench, bench, onlineBench } from './testing'

const running: Bench[] = []
const keep = (made: Bench): Bench => {
  running.push(made)
  return made
}
afterEach(() => {
  for (const { live } of running.splice(0)) live.stop()
})

const status = ({ live }: Bench) => live.status.getSnapshot()

function show(visibility: 'visible' | 'hidden'): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility)
  document.dispatchEvent(new window.Event('visibilitychange'))
}

test('the first frame is the sign-in, and ready means online', () => {
  const made = keep(bench({ auth: () => ({ site: 'KEY', token: null }) }))
  expect(status(made)).toBe('offline')
  made.live.start()
  expect(status(made)).toBe('connecting')
  made.socket().accept()
  expect(made.socket().sent).toEqual([{ t: 'auth', site: 'KEY', token: null }])
  expect(status(made)).toBe('online')
})

test('after a lost line it waits longer each time, up to 30 seconds, and starts anew after success', () => {
  const made = keep(onlineBench())
  const waits: number[] = []
  for (let round = 0; round < 9; round++) {
    const before = made.clock.now()
    const count = made.sockets.length
    made.socket().end(1006)
    expect(status(made)).toBe('offline')
    while (made.sockets.length === count) made.clock.pass(125)
    waits.push(made.clock.now() - before)
  }
  expect(waits).toEqual([375, 750, 1500, 3000, 6000, 12000, 22500, 22500, 22500])
  made.socket().accept()
  made.socket().end(1006)
  made.clock.pass(375)
  expect(status(made)).toBe('connecting')
})

describe('what the close code says', () => {
  test('a restart spreads the clients over five seconds', () => {
    const made = keep(onlineBench())
    made.socket().end(1012)
    made.clock.pass(2499)
    expect(status(made)).toBe('offline')
    made.clock.pass(1)
    expect(status(made)).toBe('connecting')
  })

  test('a farewell names the spread itself', () => {
    const made = keep(onlineBench())
    made.socket().push({ t: 'bye', reason: 'restart', reconnect_ms: 200 })
    made.socket().end(1012)
    made.clock.pass(100)
    expect(status(made)).toBe('connecting')
  })

  test.each([4003, 4426])('%i is final', (code) => {
    const made = keep(onlineBench())
    made.socket().end(code)
    made.clock.pass(120_000)
    expect(status(made)).toBe('refused')
    expect(made.sockets).toHaveLength(1)
  })

  test('a refused sign-in is final unless there are other credentials', () => {
    const made = keep(bench({ onUnauthorized: vi.fn().mockReturnValueOnce(true).mockReturnValue(false) }))
    made.live.start()
    made.socket().end(4001)
    made.clock.pass(1000)
    expect(made.sockets).toHaveLength(2)
    made.socket().end(4001)
    expect(status(made)).toBe('refused')
  })

  test.each([4009, 4029])('%i stays away for half a minute', (code) => {
    const made = keep(onlineBench())
    made.socket().end(code)
    made.clock.pass(29_999)
    expect(made.sockets).toHaveLength(1)
    made.clock.pass(1)
    expect(made.sockets).toHaveLength(2)
  })
})

test('a line that never becomes ready is given up after ten seconds', () => {
  const made = keep(bench())
  made.live.start()
  made.clock.pass(10_000)
  expect(made.sockets[0]?.closedWith).toBe(4000)
  made.clock.pass(400)
  expect(made.sockets).toHaveLength(2)
})

test('a page that comes back probes its line and replaces a dead one after five seconds', () => {
  const made = keep(onlineBench())
  show('hidden')
  expect(made.socket().of('ping')).toHaveLength(0)
  show('visible')
  expect(made.socket().of('ping')).toHaveLength(1)
  made.clock.pass(5000)
  expect(made.sockets[0]?.closedWith).toBe(4000)
})

test('a line that answers the probe is kept', () => {
  const made = keep(onlineBench())
  window.dispatchEvent(new window.Event('online'))
  made.socket().push({ t: 'pong' })
  made.clock.pass(6000)
  expect(made.sockets).toHaveLength(1)
  expect(status(made)).toBe('online')
})

test('a silent line is probed', () => {
  const made = keep(onlineBench())
  made.clock.pass(45_000)
  expect(made.socket().of('ping')).toHaveLength(1)
})

test('the network coming back cuts the waiting short', () => {
  const made = keep(onlineBench())
  made.socket().end(1006)
  window.dispatchEvent(new window.Event('online'))
  expect(status(made)).toBe('connecting')
})

test('after stop nothing comes back', () => {
  const made = keep(onlineBench())
  made.live.stop()
  made.clock.pass(120_000)
  window.dispatchEvent(new window.Event('online'))
  expect(made.sockets).toHaveLength(1)
  expect(status(made)).toBe('offline')
})
