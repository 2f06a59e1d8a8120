/**
 * The agent's socket to the session: signs in, keeps itself alive, notices silence, comes back. What it missed the
 * caller asks for by number.
 */
import { CLOSE, type ForAgent, PROTOCOL } from '../shared/cobrowse/wire'

/** What the agent sends; the server knows which fields which type has. */
export interface Frame {
  t: string
  [field: string]: unknown
}

export interface LineHandlers {
  frame(frame: ForAgent): void
  data(data: ArrayBuffer): void
  /** Milliseconds from a ping to its answer. */
  roundTrip(ms: number): void
  lost(): void
  /** Closed for good: trying again would not help. */
  closed(code: number): void
}

export interface Line {
  /** False when there is no line. */
  send(frame: Frame): boolean
  stop(): void
}

const HEARTBEAT_MS = 10_000
const SILENCE_MS = 25_000
const FIRST_WAIT_MS = 300
const LONGEST_WAIT_MS = 10_000
const FINAL = new Set<number>([
  CLOSE.auth,
  CLOSE.consent,
  CLOSE.code,
  CLOSE.timeout,
  CLOSE.controlled,
  CLOSE.customer,
  CLOSE.agent,
  CLOSE.supervisor,
])

export function openLine(url: string, session: string, handlers: LineHandlers): Line {
  let socket: WebSocket | undefined
  let tries = 0
  let pingedAt = 0
  let heardAt = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  const heartbeat = setInterval(beat, HEARTBEAT_MS)
  connect()

  function connect(): void {
    const mine = new WebSocket(url, PROTOCOL)
    socket = mine
    heardAt = performance.now()
    mine.binaryType = 'arraybuffer'
    mine.onopen = () => send({ t: 'auth', as: 'agent', session })
    mine.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      heardAt = performance.now()
      if (typeof data === 'string') read(data)
      else handlers.data(data)
    }
    mine.onclose = ({ code }) => leave(code)
  }

  function read(text: string): void {
    const decoded = JSON.parse(text) as ForAgent | ForAgent[]
    for (const frame of Array.isArray(decoded) ? decoded : [decoded]) {
      if (frame.t === 'pong') handlers.roundTrip(performance.now() - pingedAt)
      if (frame.t === 'ready') {
        tries = 0
        ping()
      }
      handlers.frame(frame)
    }
  }

  function beat(): void {
    if (!socket) return
    if (performance.now() - heardAt > SILENCE_MS) {
      // A dead line may take minutes to say so: it is let go of and not listened to any more.
      socket.onclose = socket.onmessage = null
      socket.close()
      leave(0)
    } else ping()
  }

  function ping(): void {
    pingedAt = performance.now()
    send({ t: 'ping' })
  }

  function leave(code: number): void {
    socket = undefined
    if (FINAL.has(code)) {
      clearInterval(heartbeat)
      handlers.closed(code)
      return
    }
    handlers.lost()
    const wait = Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS)
    tries += 1
    retry = setTimeout(connect, wait * (0.5 + Math.random() / 2))
  }

  function send(frame: Frame): boolean {
    if (socket?.readyState !== WebSocket.OPEN) return false
    socket.send(JSON.stringify(frame))
    return true
  }

  return {
    send,
    stop() {
      clearInterval(heartbeat)
      clearTimeout(retry)
      if (socket) socket.onclose = null
      socket?.close()
    },
  }
}
