/**
 * The client of `cic.v1`, without a framework: one socket that comes back by itself, subscriptions without gaps or
 * doubles, an outbox whose messages arrive once and in order.
 *
 *   const live = createLiveClient({ url: 'wss://…/ws/console', auth: () => ({}) })
 *   live.listen((frame) => …)       // `ev` frames come in order, each once; `snap` replaces the log; the rest as sent
 *   live.subscribe('inbox')         // renewed after every reconnect; a `ready` frame says when to fetch lists again
 *   live.start()
 *
 * `live.status`, `live.outbox`, `live.typing` are stores for the interface.
 */
import { createLink, type LinkOptions, type Status } from './link'
import { createOutbox, type OutboxStorage, type Outgoing } from './outbox'
import type { ReadableStore } from './store'
import { createStream, type Stream } from './stream'
import { createTyping, type Typists } from './typing'
import type { Ack, Frame, Nack, Row } from './wire'

export interface LiveOptions extends LinkOptions {
  storage?: OutboxStorage
}

export interface Message {
  c: string | null
  body: string
  files?: readonly string[]
  page?: string
}

/** What a refused or lost request rejects with; `code` is stable, `message` is for people. */
export interface Refusal {
  code: string
  message: string
}

export interface LiveClient<State = Row> {
  status: ReadableStore<Status>
  outbox: ReadableStore<readonly Outgoing[]>
  /** Who is typing, by interaction; entries vanish after 6 s or with the message. */
  typing: ReadableStore<Typists>
  start(): void
  stop(): void
  listen(listener: (frame: Frame<State>) => void): () => void
  /** `last` is the number of the newest entry that the caller already shows; without it a snapshot comes. */
  subscribe(c: string, last?: number): void
  unsubscribe(c: string): void
  /** Puts a message into the outbox and gives its client id. */
  send(message: Message): string
  retry(clientId: string): void
  discard(clientId: string): void
  /** A command with an answer; rejects with a Refusal. */
  request(frame: { t: string; [field: string]: unknown }): Promise<Ack>
  /** A hint without an answer, dropped while offline. */
  hint(frame: { t: string; [field: string]: unknown }): void
  /** Says that the person types: at most once in 3 s. */
  sendTyping(c: string): void
  /** Says that everything up to `s` was read; only a larger number goes out. */
  sendRead(c: string, s: number): void
}

const GAP_WAIT_MS = 1000
const ANSWER_WAIT_MS = 8000
const TYPING_EVERY_MS = 3000
const DEFAULT_UNACKED = 8
/** Refusals that pass: the message stays in the outbox and goes out again. */
const PASSING = new Set(['rate_limited', 'overloaded', 'internal'])

const waitOf = (nack: Nack): number => (nack.retry_after ?? 2) * 1000

interface Pending {
  resolve(ack: Ack): void
  reject(refusal: Refusal): void
}

type Event<State> = Extract<Frame<State>, { t: 'ev' }>

export function createLiveClient<State = Row>(options: LiveOptions): LiveClient<State> {
  const link = createLink<Frame<State>>(options, receive, renew, lost)
  const { clock } = link
  const outbox = createOutbox(options.storage)
  const typing = createTyping(clock)
  const listeners = new Set<(frame: Frame<State>) => void>()
  const streams = new Map<string, Stream<Event<State>>>()
  const gapTimers = new Map<string, number>()
  const requests = new Map<number, Pending>()
  const subscriptions = new Map<number, string[]>()
  const onWire = new Map<number, string>()
  const typingSent = new Map<string, number>()
  const readSent = new Map<string, number>()
  let lastId = 0
  let unacked = DEFAULT_UNACKED
  let ackTimer: number | undefined
  let pauseTimer: number | undefined

  // ------------------------------------------------------------------ receiving

  function receive(frame: Frame<State>): void {
    if (frame.t === 'ev') deliver(frame.c, streams.get(frame.c)?.accept(frame) ?? [])
    else if (frame.t === 'snap') replace(frame)
    else if (frame.t === 'typing') typing.show(frame)
    else {
      note(frame)
      tell(frame)
    }
  }

  /** What the client itself needs of a frame before the listeners get it. */
  function note(frame: Frame<State>): void {
    if (frame.t === 'hello') unacked = frame.limits?.unacked ?? DEFAULT_UNACKED
    else if (frame.t === 'synced') synced(frame.c, frame.s)
    else if (frame.t === 'head') for (const [c, s] of Object.entries(frame.heads)) noteHead(c, s)
    else if (frame.t === 'resync') resume([...streams.keys()])
    else if (frame.t === 'ack') acked(frame)
    else if (frame.t === 'nack') nacked(frame)
  }

  function replace(frame: Extract<Frame<State>, { t: 'snap' }>): void {
    const stream = streams.get(frame.c)
    if (!stream) return
    const next = stream.reset(frame.s)
    tell(frame)
    deliver(frame.c, next)
  }

  function deliver(c: string, events: Event<State>[]): void {
    for (const event of events) {
      if (event.client_id) settle(event.client_id)
      if (event.kind === 'message') typing.hide(c, event.from === 'customer' ? 'customer' : 'staff')
      // A "skip" only keeps the numbers gapless for readers who may not see an entry.
      if ((event.kind as string) !== 'skip') tell(event)
    }
    watchGap(c)
    dropArrived(c)
  }

  function tell(frame: Frame<State>): void {
    for (const listener of [...listeners]) listener(frame)
  }

  function noteHead(c: string, s: number): void {
    streams.get(c)?.noteHead(s)
    watchGap(c)
  }

  /** A gap often closes by itself within a moment; after 1 s it is asked for. */
  function watchGap(c: string): void {
    const stream = streams.get(c)
    if (!stream?.isBehind()) {
      clock.clearTimeout(gapTimers.get(c))
      gapTimers.delete(c)
    } else if (!gapTimers.has(c)) {
      gapTimers.set(
        c,
        clock.setTimeout(() => closeGap(c), GAP_WAIT_MS),
      )
    }
  }

  function closeGap(c: string): void {
    gapTimers.delete(c)
    if (link.status.getSnapshot() !== 'online') return
    resume([c])
    watchGap(c)
  }

  // ------------------------------------------------------------------ subscriptions

  function resume(cs: string[]): void {
    if (!cs.length) return
    const id = ++lastId
    subscriptions.set(id, cs)
    link.send({ t: 'sub', id, subs: cs.map((c) => ({ c, last_s: streams.get(c)?.last() })) })
  }

  /** After `ready`: everything that was subscribed goes on from its last number, then the outbox goes out. */
  function renew(): void {
    resume([...streams.keys()])
    pump()
  }

  function lost(): void {
    clock.clearTimeout(ackTimer)
    clock.clearTimeout(pauseTimer)
    ackTimer = pauseTimer = undefined
    onWire.clear()
    subscriptions.clear()
    typingSent.clear()
    readSent.clear()
    outbox.requeue()
    const waiting = [...requests.values()]
    requests.clear()
    for (const { reject } of waiting) reject({ code: 'offline', message: '' })
  }

  // ------------------------------------------------------------------ sending

  function pump(): void {
    if (link.status.getSnapshot() !== 'online' || pauseTimer !== undefined) return
    for (const message of outbox.list.getSnapshot()) {
      if (onWire.size >= unacked) break
      if (message.state === 'queued') transmit(message)
    }
    watchAnswers()
  }

  /** Without any answer for 8 s the line is taken for dead; every answer starts the time anew. */
  function watchAnswers(): void {
    if (onWire.size && ackTimer === undefined) ackTimer = clock.setTimeout(link.drop, ANSWER_WAIT_MS)
  }

  function answered(id: number): void {
    if (!onWire.delete(id)) return
    clock.clearTimeout(ackTimer)
    ackTimer = undefined
    watchAnswers()
  }

  function transmit({ client_id, c, body, files, page }: Outgoing): void {
    const id = ++lastId
    onWire.set(id, client_id)
    outbox.change(client_id, { state: 'sent' })
    link.send({ t: 'msg', id, c, client_id, body, files, page })
  }

  function acked(ack: Ack): void {
    const clientId = onWire.get(ack.id) ?? ack.client_id
    answered(ack.id)
    requests.get(ack.id)?.resolve(ack)
    requests.delete(ack.id)
    if (!clientId || !ack.c) return
    outbox.change(clientId, { state: 'acked', c: ack.c, s: ack.s, at: ack.at })
    if (streams.has(ack.c)) dropArrived(ack.c)
    else subscribe(ack.c)
    pump()
  }

  /** Frames are answered in order: the oldest that asked for it has been heard. */
  function synced(c: string, s: number): void {
    noteHead(c, s)
    const [id, cs] = [...subscriptions].find(([, cs]) => cs.includes(c)) ?? []
    if (!id || !cs) return
    const open = cs.filter((other) => other !== c)
    if (open.length) subscriptions.set(id, open)
    else subscriptions.delete(id)
  }

  function nacked(nack: Nack): void {
    requests.get(nack.id)?.reject(nack)
    requests.delete(nack.id)
    const subscribed = subscriptions.get(nack.id)
    subscriptions.delete(nack.id)
    if (subscribed) refused(nack, subscribed)
    const clientId = onWire.get(nack.id)
    if (!clientId) return
    answered(nack.id)
    if (PASSING.has(nack.code)) {
      outbox.change(clientId, { state: 'queued' })
      pause(waitOf(nack))
    } else {
      outbox.change(clientId, { state: 'failed', error: nack.message })
      pump()
    }
  }

  function pause(ms: number): void {
    clock.clearTimeout(pauseTimer)
    pauseTimer = clock.setTimeout(() => {
      pauseTimer = undefined
      pump()
    }, ms)
  }

  /** One refused interaction refuses the whole frame: each is asked for again by itself. */
  function refused(nack: Nack, cs: string[]): void {
    const [c = ''] = cs
    if (cs.length > 1) for (const each of cs) resume([each])
    else if (PASSING.has(nack.code)) clock.setTimeout(() => streams.has(c) && resume([c]), waitOf(nack))
    else if (nack.code === 'resume_failed') {
      // The server does not know our place (restored from a backup, say): take a snapshot.
      streams.get(c)?.clear()
      resume([c])
    } else nack.c = c
  }

  /** The event of an own message is its receipt too, should the ack be late or lost. */
  function settle(clientId: string): void {
    if (!outbox.list.getSnapshot().some((message) => message.client_id === clientId)) return
    for (const [id, other] of onWire) if (other === clientId) answered(id)
    outbox.remove(clientId)
    pump()
  }

  /** An acked message leaves the outbox when the log holds it, so that it never flickers. */
  function dropArrived(c: string): void {
    const last = streams.get(c)?.last() ?? 0
    for (const message of outbox.list.getSnapshot())
      if (message.state === 'acked' && message.c === c && (message.s ?? 0) <= last) outbox.remove(message.client_id)
  }

  // ------------------------------------------------------------------ the client

  function subscribe(c: string, last?: number): void {
    if (streams.has(c)) return
    streams.set(c, createStream(last))
    if (link.status.getSnapshot() === 'online') resume([c])
  }

  return {
    status: link.status,
    outbox: outbox.list,
    typing: typing.store,
    start: link.start,
    stop: link.stop,
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    subscribe,
    unsubscribe(c) {
      if (!streams.delete(c)) return
      watchGap(c)
      link.send({ t: 'unsub', subs: [{ c }] })
    },
    send(message) {
      const client_id = options.newId?.() ?? crypto.randomUUID()
      const at = new Date(clock.now()).toISOString()
      outbox.add({ files: [], ...message, client_id, at, state: 'queued' })
      pump()
      return client_id
    },
    retry(clientId) {
      outbox.change(clientId, { state: 'queued', error: undefined })
      pump()
    },
    discard: outbox.remove,
    request: (frame) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        if (!link.send({ ...frame, id })) return reject({ code: 'offline', message: '' })
        requests.set(id, { resolve, reject })
        clock.setTimeout(() => requests.has(id) && link.drop(), ANSWER_WAIT_MS)
      }),
    hint: link.send,
    sendTyping(c) {
      const now = clock.now()
      if (now - (typingSent.get(c) ?? -TYPING_EVERY_MS) >= TYPING_EVERY_MS && link.send({ t: 'typing', c }))
        typingSent.set(c, now)
    },
    sendRead(c, s) {
      if (s > (readSent.get(c) ?? 0) && link.send({ t: 'read', c, s })) readSent.set(c, s)
    },
  }
}

export type { Status } from './link'
export type { OutboxStorage, Outgoing } from './outbox'
export * from './wire'
