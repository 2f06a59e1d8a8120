/** For tests: a clock that is turned by hand, sockets whose other end is the test, a storage that outlives a client. */
import type { Clock, SocketLike } from './link'
import type { OutboxStorage, Outgoing } from './outbox'
import { createLiveClient, type LiveClient, type LiveOptions } from './protocol'
import type { Entry } from './wire'

export interface TurnedClock extends Clock {
  /** Lets milliseconds pass and runs what falls due, in order. */
  pass(ms: number): void
}

export function turnedClock(random: () => number = () => 0.5): TurnedClock {
  const timers = new Map<number, { at: number; run: () => void }>()
  let now = Date.UTC(2030, 0, 1)
  let last = 0
  const nextDue = (until: number) =>
    [...timers].filter(([, timer]) => timer.at <= until).sort(([, a], [, b]) => a.at - b.at)[0]
  return {
    now: () => now,
    random,
    setTimeout(run, ms) {
      timers.set(++last, { at: now + ms, run })
      return last
    },
    clearTimeout(timer) {
      if (timer !== undefined) timers.delete(timer)
    },
    pass(ms) {
      const until = now + ms
      for (let due = nextDue(until); due; due = nextDue(until)) {
        timers.delete(due[0])
        now = due[1].at
        due[1].run()
      }
      now = until
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever the client sent
export type Sent = any

export class ScriptedSocket implements SocketLike {
  onopen: SocketLike['onopen'] = null
  onmessage: SocketLike['onmessage'] = null
  onclose: SocketLike['onclose'] = null
  sent: Sent[] = []
  closedWith: number | undefined

  send(data: string): void {
    this.sent.push(JSON.parse(data))
  }

  close(code = 1000): void {
    this.closedWith = code
  }

  /** The server opens, sees the `auth` frame and says who we are. */
  accept(ready: object = {}): void {
    this.onopen?.()
    this.push({ t: 'hello', limits: { unacked: 8 } })
    this.push({ t: 'ready', ...ready })
  }

  push(...frames: object[]): void {
    this.onmessage?.({ data: JSON.stringify(frames.length === 1 ? frames[0] : frames) })
  }

  end(code: number): void {
    this.onclose?.({ code })
  }

  /** What the client sent of one type. */
  of(type: string): Sent[] {
    return this.sent.filter((frame) => frame.t === type)
  }
}

export interface Bench {
  live: LiveClient
  clock: TurnedClock
  sockets: ScriptedSocket[]
  socket(): ScriptedSocket
  frames: Sent[]
  /** The numbers of the events that reached the application. */
  numbers(): number[]
}

/** A client with a scripted other end. */
export function bench(options: Partial<LiveOptions> = {}): Bench {
  const clock = turnedClock()
  const sockets: ScriptedSocket[] = []
  const frames: Sent[] = []
  const open = (): ScriptedSocket => {
    const socket = new ScriptedSocket()
    sockets.push(socket)
    return socket
  }
  const live = createLiveClient({ url: 'ws://centre/ws', auth: () => ({}), clock, open, ...options })
  live.listen((frame) => frames.push(frame))
  return {
    live,
    clock,
    sockets,
    frames,
    socket: () => sockets[sockets.length - 1] as ScriptedSocket,
    numbers: () => frames.filter((frame) => frame.t === 'ev').map((frame) => frame.s),
  }
}

/** A client that is signed in. */
export function onlineBench(options: Partial<LiveOptions> = {}): Bench {
  const made = bench(options)
  made.live.start()
  made.socket().accept()
  return made
}

export function entry(s: number, fields: Partial<Entry> = {}): Entry {
  return {
    id: `entry-${s}`,
    s,
    kind: 'message',
    from: 'agent',
    name: 'Alex Weber',
    user: 'u1',
    at: new Date(Date.UTC(2030, 0, 1, 9, s)).toISOString(),
    channel: 'web_chat',
    body: `message ${s}`,
    html: false,
    client_id: '',
    automatic: false,
    delivery: '',
    error: '',
    to: '',
    files: [],
    event: null,
    ...fields,
  }
}

export const ev = (c: string, s: number, fields: Partial<Entry> = {}) => ({ t: 'ev', c, ...entry(s, fields) })

export function memoryStorage(): OutboxStorage & { kept: Map<string, Outgoing> } {
  const kept = new Map<string, Outgoing>()
  return {
    kept,
    load: () => [...kept.values()],
    put: (message) => kept.set(message.client_id, message),
    drop: (clientId) => kept.delete(clientId),
  }
}

/** Repeatable randomness (mulberry32): a failing seed can be run again. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
