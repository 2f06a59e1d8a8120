import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLink, type LinkOptions, type SocketLike } from './link'
import { FINAL_FOR_PAGE } from './wire'

class Socket implements SocketLike {
  onopen: SocketLike['onopen'] = null
  onmessage: SocketLike['onmessage'] = null
  onclose: SocketLike['onclose'] = null
  sent: string[] = []
  closed: number | undefined
  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.sent.push(String(data))
  }
  close(code = 1000): void {
    this.closed = code
  }
  says(...frames: object[]): void {
    this.onmessage?.({ data: JSON.stringify(frames.length === 1 ? frames[0] : frames) })
  }
}

function opened(more: Partial<LinkOptions<{ t: string }>> = {}) {
  const sockets: Socket[] = []
  const heard: string[] = []
  const over: number[] = []
  const link = createLink({
    open() {
      sockets.push(new Socket())
      return sockets.at(-1) as Socket
    },
    auth: () => ({ as: 'customer' }),
    final: FINAL_FOR_PAGE,
    giveUpMs: 75_000,
    receive: ({ t }) => heard.push(t),
    lost: () => heard.push('(lost)'),
    over: (code) => over.push(code),
    ...more,
  })
  link.start()
  const last = (): Socket => sockets.at(-1) as Socket
  last().onopen?.()
  return { link, sockets, last, heard, over }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('it says who it is, and nothing else before it is let in', () => {
  const { link, last, heard } = opened()
  expect(link.send({ t: 'pause' })).toBe(false)
  last().says({ t: 'hello' }, { t: 'ready' })
  expect(link.send({ t: 'pause' })).toBe(true)
  expect(last().sent).toEqual(['{"t":"auth","as":"customer"}', '{"t":"pause"}'])
  expect(heard).toEqual(['hello', 'ready'])
  link.stop()
})

test('a line that has said nothing for ten seconds says that it lives, and is dead after twenty-five of silence', () => {
  const { link, last, sockets, heard } = opened()
  const first = last()
  first.says({ t: 'ready' })
  vi.advanceTimersByTime(10_000)
  expect(first.sent.at(-1)).toBe('{"t":"ping"}')
  first.says({ t: 'pong' })
  vi.advanceTimersByTime(40_000)
  expect(first.closed).toBe(4000)
  expect(sockets.length).toBeGreaterThan(1)
  expect(heard).toContain('(lost)')
  link.stop()
})

test('it comes back with growing pauses', () => {
  const { link, last, sockets } = opened()
  last().says({ t: 'ready' })
  const counts: number[] = []
  for (let round = 0; round < 4; round++) {
    last().onclose?.({ code: 1006 })
    vi.advanceTimersByTime(400)
    counts.push(sockets.length)
    vi.advanceTimersByTime(8000)
  }
  expect(counts).toEqual([2, 2, 3, 4])
  expect(sockets).toHaveLength(5)
  link.stop()
})

test.each([4400, 4401, 4403, 4404, 4440, 4441, 4442])('after %i there is no other try', (code) => {
  const { last, sockets, over } = opened()
  last().onclose?.({ code })
  vi.advanceTimersByTime(60_000)
  expect(over).toEqual([code])
  expect(sockets).toHaveLength(1)
})

test('a centre that stays away is given up when the session can no longer be there', () => {
  const { last, over } = opened()
  last().says({ t: 'ready' })
  for (let tries = 0; tries < 30 && !over.length; tries++) {
    last().onclose?.({ code: 1006 })
    vi.advanceTimersByTime(8000)
  }
  expect(over).toEqual([1006])
})

test('who measures the line asks at once and with every heartbeat, whatever else is said', () => {
  const times: number[] = []
  const { link, last } = opened({ roundTrip: (ms) => times.push(ms) })
  last().says({ t: 'ready' })
  vi.advanceTimersByTime(30)
  last().says({ t: 'pong' })
  expect(times).toEqual([30])
  vi.advanceTimersByTime(9_900)
  link.send({ t: 'ack' })
  vi.advanceTimersByTime(100)
  expect(last().sent.filter((text) => text.includes('ping'))).toHaveLength(2)
  link.stop()
})

test('binary frames go where they are read', () => {
  const sizes: number[] = []
  const { link, last } = opened({ receiveBytes: ({ byteLength }) => sizes.push(byteLength) })
  last().onmessage?.({ data: new ArrayBuffer(12) })
  expect(sizes).toEqual([12])
  link.stop()
})
