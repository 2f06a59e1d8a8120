/** The socket of the customer's page: comes back by itself, notices a dead line, and knows when it is over. */
import { CLOSE, type ForCustomer } from '../../shared/cobrowse/wire'

export interface SocketLike {
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export interface LinkOptions {
  open(): SocketLike
  auth(): object
  receive(frame: ForCustomer): void
  /** The line is gone and is being sought again. */
  lost(): void
  /** There will be no other try. */
  over(code: number): void
}

export interface Link {
  start(): void
  stop(): void
  /** False when there is no line. */
  send(frame: object): boolean
  sendBytes(frame: Uint8Array<ArrayBuffer>): boolean
}

const HEARTBEAT_MS = 10_000
const SILENCE_MS = 25_000
const FIRST_PAUSE_MS = 400
const LONGEST_PAUSE_MS = 8000
/** The session is kept for 60 s; a little more for a clock that differs. */
const GIVE_UP_MS = 75_000
const FINAL = new Set<number>(Object.values(CLOSE).filter((code) => code !== CLOSE.timeout && code !== CLOSE.rate))

export function createLink({ open, auth, receive, lost, over }: LinkOptions): Link {
  let socket: SocketLike | undefined
  let isRunning = false
  let isReady = false
  let tries = 0
  let lostAt = 0
  let heardAt = 0
  let saidAt = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let pulse: ReturnType<typeof setInterval> | undefined

  function connect(): void {
    const mine = open()
    socket = mine
    heardAt = Date.now()
    mine.onopen = () => mine.send(JSON.stringify({ t: 'auth', ...auth() }))
    mine.onmessage = ({ data }) => read(String(data))
    mine.onclose = ({ code }) => closed(code)
  }

  function read(data: string): void {
    heardAt = Date.now()
    const frames = JSON.parse(data) as ForCustomer | ForCustomer[]
    for (const frame of [frames].flat()) {
      if (frame.t === 'ready') {
        isReady = true
        tries = 0
      }
      receive(frame)
    }
  }

  function closed(code: number): void {
    release()
    if (!isRunning) return
    if (FINAL.has(code) || (tries && Date.now() - lostAt > GIVE_UP_MS)) {
      halt()
      over(code)
      return
    }
    if (!tries) lostAt = Date.now()
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries++)
    retry = setTimeout(connect, pause * (0.5 + Math.random() / 2))
    lost()
  }

  function release(): void {
    isReady = false
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null
    socket = undefined
  }

  function beat(): void {
    const now = Date.now()
    if (socket && now - heardAt > SILENCE_MS) {
      socket.close(4000)
      closed(4000)
    } else if (now - saidAt > HEARTBEAT_MS - 500) send({ t: 'ping' })
  }

  function transmit(data: string | Uint8Array<ArrayBuffer>): boolean {
    if (!socket || !isReady) return false
    saidAt = Date.now()
    socket.send(data)
    return true
  }

  const send = (frame: object): boolean => transmit(JSON.stringify(frame))

  /** The network is back, or the page: no waiting. */
  function wake(): void {
    if (!isRunning || socket || document.visibilityState === 'hidden') return
    clearTimeout(retry)
    connect()
  }

  function halt(): void {
    isRunning = false
    clearTimeout(retry)
    clearInterval(pulse)
    window.removeEventListener('online', wake)
    document.removeEventListener('visibilitychange', wake)
  }

  return {
    start() {
      if (isRunning) return
      isRunning = true
      pulse = setInterval(beat, HEARTBEAT_MS)
      window.addEventListener('online', wake)
      document.addEventListener('visibilitychange', wake)
      connect()
    },
    stop() {
      const open = socket
      halt()
      release()
      open?.close(1000)
    },
    send,
    sendBytes: transmit,
  }
}
