/**
 * A socket for pages and networks that let no WebSocket through: the answer of one request that does not end carries
 * the frames down, short requests carry up what is said. Server code: `interaction_center/live/http_line.py`.
 */
import type { SocketLike } from './link'

const BROKEN = 1006

export function openHttpLine(address: string): SocketLike {
  const abort = new AbortController()
  const socket: SocketLike = { onopen: null, onmessage: null, onclose: null, send, close: () => abort.abort() }
  let name = ''
  let waiting: string[] = []
  let isSending = false

  /** Text without further headers: no browser asks beforehand whether it may be sent. */
  async function post(path: string, body?: string): Promise<Response> {
    const response = await fetch(address + path, { method: 'POST', credentials: 'omit', body, signal: abort.signal })
    if (!response.ok) throw new Error()
    return response
  }

  function send(frame: string): void {
    waiting.push(frame)
    void flush()
  }

  /** One request at a time, so that frames arrive in order; what is said meanwhile goes together. */
  async function flush(): Promise<void> {
    if (isSending) return
    isSending = true
    try {
      while (waiting.length) {
        const frames = waiting
        waiting = []
        await post('/frames', [name, ...frames].join('\n'))
      }
    } catch {
      abort.abort()
    }
    isSending = false
  }

  /** Gives the code that the line was closed with. */
  async function read(): Promise<number> {
    const { body } = await post('')
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ''
    for (;;) {
      const { value } = (await reader?.read()) ?? {}
      if (value === undefined) return BROKEN
      const lines = (rest + value).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const code = take(line)
        if (code) return code
      }
    }
  }

  /** Gives the code when this line is the last one, else 0. */
  function take(line: string): number {
    const { line: opened, close = 0 } = line ? JSON.parse(line) : {}
    if (opened) {
      name = opened
      socket.onopen?.()
    } else if (!line) sayAlive()
    else if (!close) socket.onmessage?.({ data: line })
    return close
  }

  /** The server lets go of a line whose other end has been silent for three heartbeats. */
  function sayAlive(): void {
    if (!isSending) post('/frames', name).catch(() => abort.abort())
  }

  read()
    .catch(() => BROKEN)
    .then((code) => {
      abort.abort()
      socket.onclose?.({ code })
    })
  return socket
}
