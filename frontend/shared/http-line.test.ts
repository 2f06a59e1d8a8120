import { afterEach, expect, test, vi } from 'vitest'
import { openHttpLine } from './http-line'
import type { SocketLike } from './link'

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

interface Peer {
  socket: SocketLike
  /** What the server sends down the open answer. */
  push(text: string): void
  /** The answer ends, or breaks. */
  end(error?: Error): void
  /** The bodies of the requests that carried frames up. */
  bodies: string[]
  /** Answers the oldest of them that waits. */
  answer(status?: number): Promise<void>
  got: string[]
  events: string[]
}

/** A server that answers frames only when told to. */
async function peer(status = 200): Promise<Peer> {
  let down: ReadableStreamDefaultController<Uint8Array> | undefined
  const bodies: string[] = []
  const answers: ((response: Response) => void)[] = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    if (!url.endsWith('/frames')) {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          down = controller
          init.signal?.addEventListener('abort', () => controller.error(new Error()))
        },
      })
      return Promise.resolve(new Response(body, { status }))
    }
    bodies.push(init.body as string)
    return new Promise<Response>((resolve, reject) => {
      answers.push(resolve)
      init.signal?.addEventListener('abort', () => reject(new Error()))
    })
  })
  const got: string[] = []
  const events: string[] = []
  const socket = openHttpLine('https://centre/chat/line')
  socket.onopen = () => events.push('open')
  socket.onmessage = ({ data }) => got.push(data)
  socket.onclose = ({ code }) => events.push(`close ${code}`)
  await settled()
  return {
    socket,
    bodies,
    got,
    events,
    push: (text) => down?.enqueue(new TextEncoder().encode(text)),
    end: (error) => (error ? down?.error(error) : down?.close()),
    async answer(code = 204) {
      answers.shift()?.(new Response(null, { status: code }))
      await settled()
    },
  }
}

afterEach(() => vi.unstubAllGlobals())

test('it opens with its name and hands on whole frames, however they are cut', async () => {
  const { push, got, events } = await peer()
  push('{"line":"secr')
  await settled()
  expect(events).toEqual([])
  push('et"}\n{"t":"hel')
  push('lo"}\n{"t":"ev","body":"ü🦊"}\n')
  await settled()
  expect(events).toEqual(['open'])
  expect(got).toEqual(['{"t":"hello"}', '{"t":"ev","body":"ü🦊"}'])
})

test('what is said while a request is under way goes together with the next one, in order', async () => {
  const { socket, push, bodies, answer } = await peer()
  push('{"line":"N"}\n')
  await settled()
  for (const frame of ['1', '2', '3']) socket.send(frame)
  expect(bodies).toEqual(['N\n1'])
  await answer()
  expect(bodies).toEqual(['N\n1', 'N\n2\n3'])
  await answer()
  expect(bodies).toHaveLength(2)
})

test('a heartbeat is answered with a sign of life', async () => {
  const { push, bodies, got } = await peer()
  push('{"line":"N"}\n\n')
  await settled()
  expect(bodies).toEqual(['N'])
  expect(got).toEqual([])
})

test('it ends with the code that the server gives, or as broken', async () => {
  const told = await peer()
  told.push('{"line":"N"}\n{"close":1012}\n')
  await settled()
  expect(told.events).toEqual(['open', 'close 1012'])
  const cut = await peer()
  cut.end()
  await settled()
  expect(cut.events).toEqual(['close 1006'])
  const broken = await peer()
  broken.end(new Error('reset'))
  await settled()
  expect(broken.events).toEqual(['close 1006'])
  const refused = await peer(503)
  expect(refused.events).toEqual(['close 1006'])
})

test('frames that are not taken end the line, so that they are sent again on the next one', async () => {
  const { socket, push, answer, events } = await peer()
  push('{"line":"N"}\n')
  await settled()
  socket.send('1')
  await answer(404)
  await settled()
  expect(events).toEqual(['open', 'close 1006'])
})
