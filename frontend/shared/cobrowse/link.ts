/**
 * The socket of either end of a session: comes back by itself, notices a dead line, and knows when it is over. What was
 * missed the caller asks for by number.
 */

export interface SocketLike {
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export interface LinkOptions<F> {
  open(): SocketLike
  auth(): object
  receive(frame: F): void
  receiveBytes?(data: ArrayBuffer): void
  /** Milliseconds from a ping to its answer: asked for with every heartbeat, else only a silent end says that it lives. */
  roundTrip?(ms: number): void
  /** Close codes after which trying again would not help. */
  final: ReadonlySet<number>
  /** For so long a lost line is sought; without it for ever. */
  giveUpMs?: number
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

export function createLink<F extends { t: string }>({
  open,
  auth,
  receive,
  receiveBytes,
  roundTrip,
  final,
  giveUpMs = Number.POSITIVE_INFINITY,
  lost,
  over,
}: LinkOptions<F>): Link {
  let socket: SocketLike | undefined
  let isRunning = false
  let isReady = false
  let tries = 0
  let lostAt = 0
  let heardAt = 0
  let saidAt = 0
  let pingedAt = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let pulse: ReturnType<typeof setInterval> | undefined

  function connect(): void {
    const mine = open()
    socket = mine
    heardAt = Date.now()
    mine.onopen = () => mine.send(JSON.stringify({ t: 'auth', ...auth() }))
    mine.onmessage = ({ data }) => hear(data)
    mine.onclose = ({ code }) => closed(code)
  }

  function hear(data: unknown): void {
    heardAt = Date.now()
    if (typeof data === 'string') read(data)
    else receiveBytes?.(data as ArrayBuffer)
  }

  function read(text: string): void {
    const decoded = JSON.parse(text) as F | F[]
    for (const frame of Array.isArray(decoded) ? decoded : [decoded]) {
      if (frame.t === 'pong') roundTrip?.(performance.now() - pingedAt)
      if (frame.t === 'ready') {
        isReady = true
        tries = 0
        if (roundTrip) ping()
      }
      receive(frame)
    }
  }

  function closed(code: number): void {
    release()
    if (!isRunning) return
    if (final.has(code) || (tries && Date.now() - lostAt > giveUpMs)) {
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
    } else if (roundTrip || now - saidAt > HEARTBEAT_MS - 500) ping()
  }

  function ping(): void {
    pingedAt = performance.now()
    send({ t: 'ping' })
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
