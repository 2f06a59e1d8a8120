/**
 * One WebSocket that comes back by itself: connect, authenticate, notice a dead line, wait, try again.
 * Clock and socket can be replaced, so that tests run without waiting.
 */
import { createStore, type ReadableStore } from './store'
import { CLOSE } from './wire'

/** offline: waiting for the next try; refused: trying again would not help (sign in again, reload, not allowed). */
export type Status = 'offline' | 'connecting' | 'online' | 'refused'

export interface SocketLike {
  send(data: string): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((event: { data: string }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export interface Clock {
  /** milliseconds */
  now(): number
  random(): number
  setTimeout(run: () => void, ms: number): number
  clearTimeout(timer: number | undefined): void
}

export interface LinkOptions {
  url: string
  /** The fields of the `auth` frame, asked for at every connect. */
  auth(): Record<string, unknown>
  /** The sign-in was refused: true when other credentials are at hand and it is worth another try. */
  onUnauthorized?(): boolean
  /** `tries`: how many since the last sign-in have led nowhere. */
  open?(url: string, protocol: string, tries: number): SocketLike
  clock?: Clock
  newId?(): string
  /** The longest wait between two tries while the page is in sight, in milliseconds. */
  patienceMs?: number
}

export interface Link {
  status: ReadableStore<Status>
  clock: Clock
  start(): void
  stop(): void
  /** False when there is no line. */
  send(frame: object): boolean
  /** The line is dead or useless: let go of it and connect again after the backoff. */
  drop(): void
}

export const PROTOCOL = 'cic.v1'
const CONNECT_WAIT_MS = 10_000
const PONG_WAIT_MS = 5000
/** Heads of subscribed interactions come every 10 s; after this silence the line is probed. */
const SILENCE_MS = 45_000
const BACKOFF_FIRST_MS = 500
const BACKOFF_LIMIT_MS = 30_000
const RESTART_SPREAD_MS = 5000
const CROWDED_WAIT_MS = 30_000
const FINAL = new Set<number>([CLOSE.auth, CLOSE.forbidden, CLOSE.version])

const browserClock: Clock = {
  now: () => Date.now(),
  random: Math.random,
  setTimeout: (run, ms) => setTimeout(run, ms) as unknown as number,
  clearTimeout: (timer) => clearTimeout(timer),
}

export function createLink<F extends { t: string }>(
  options: LinkOptions,
  onFrame: (frame: F) => void,
  onReady: () => void,
  onLost: () => void,
): Link {
  const clock = options.clock ?? browserClock
  const open = options.open ?? ((url, protocol) => new WebSocket(url, protocol) as SocketLike)
  const status = createStore<Status>('offline')
  let socket: SocketLike | undefined
  let running = false
  let attempts = 0
  let farewellMs: number | undefined
  let retryTimer: number | undefined
  let watchdog: number | undefined

  function connect(): void {
    clock.clearTimeout(retryTimer)
    if (!running || socket) return
    status.set('connecting')
    farewellMs = undefined
    const mine = open(options.url, PROTOCOL, attempts)
    socket = mine
    watch(CONNECT_WAIT_MS, drop)
    mine.onopen = () => send({ t: 'auth', ...options.auth() })
    mine.onmessage = ({ data }) => receive(data)
    mine.onclose = ({ code }) => closed(code)
  }

  function receive(data: string): void {
    if (status.getSnapshot() === 'online') watch(SILENCE_MS, probe)
    const decoded = JSON.parse(data) as F | F[]
    for (const frame of Array.isArray(decoded) ? decoded : [decoded]) {
      if (frame.t === 'bye') farewellMs = (frame as unknown as { reconnect_ms?: number }).reconnect_ms
      if (frame.t === 'ready') ready()
      onFrame(frame)
      if (frame.t === 'ready') onReady()
    }
  }

  function ready(): void {
    attempts = 0
    status.set('online')
    watch(SILENCE_MS, probe)
  }

  function watch(ms: number, then: () => void): void {
    clock.clearTimeout(watchdog)
    watchdog = clock.setTimeout(then, ms)
  }

  function probe(): void {
    if (send({ t: 'ping' })) watch(PONG_WAIT_MS, drop)
  }

  /** A dead line may take minutes to say so: it is let go of at once and not listened to any more. */
  function drop(): void {
    release()?.close(4000)
    status.set('offline')
    retry(0)
  }

  function release(): SocketLike | undefined {
    clock.clearTimeout(watchdog)
    const gone = socket
    socket = undefined
    if (gone) gone.onopen = gone.onmessage = gone.onclose = null
    onLost()
    return gone
  }

  function closed(code: number): void {
    release()
    const final = FINAL.has(code) && !(code === CLOSE.auth && options.onUnauthorized?.())
    status.set(final ? 'refused' : 'offline')
    if (!final) retry(waitAfter(code))
  }

  /** Milliseconds to stay away, apart from the backoff. A restart spreads its clients at random over its announced time. */
  function waitAfter(code: number): number {
    if (code === CLOSE.restart || farewellMs !== undefined) return clock.random() * (farewellMs || RESTART_SPREAD_MS)
    return code === CLOSE.tooMany || code === CLOSE.rateLimit ? CROWDED_WAIT_MS : 0
  }

  function retry(atLeastMs: number): void {
    if (!running) return
    const inSight = document.visibilityState === 'visible'
    const limit = inSight ? (options.patienceMs ?? BACKOFF_LIMIT_MS) : BACKOFF_LIMIT_MS
    const backoff = Math.min(limit, BACKOFF_FIRST_MS * 2 ** attempts++)
    const jittered = backoff * (0.5 + clock.random() / 2)
    retryTimer = clock.setTimeout(connect, atLeastMs || jittered)
  }

  /** The page came back or the network did: no waiting, and no trust in a line that may have died meanwhile. */
  function wake(): void {
    if (document.visibilityState === 'hidden') return
    if (status.getSnapshot() === 'online') probe()
    else if (!socket && status.getSnapshot() === 'offline') connect()
  }

  function send(frame: object): boolean {
    if (!socket || (status.getSnapshot() !== 'online' && (frame as { t: string }).t !== 'auth')) return false
    socket.send(JSON.stringify(frame))
    return true
  }

  return {
    status,
    clock,
    send,
    drop,
    start() {
      if (running) return
      running = true
      attempts = 0
      document.addEventListener('visibilitychange', wake)
      window.addEventListener('online', wake)
      connect()
    },
    stop() {
      running = false
      document.removeEventListener('visibilitychange', wake)
      window.removeEventListener('online', wake)
      clock.clearTimeout(retryTimer)
      release()?.close(1000)
      status.set('offline')
    },
  }
}
