/** The visitor's conversation: what the log shows and what a visitor can do, without any view. */
import type { LiveClient, Outgoing } from '../shared/protocol'
import { createStore, type ReadableStore } from '../shared/store'
import type { Entry, EntryFile, Frame, VisitorState } from '../shared/wire'
import type { Promised } from './config'
import type { Keep } from './storage'

export interface ChatState {
  /** null before the first message */
  c: string | null
  entries: readonly Entry[]
  now: VisitorState | null
  /** staff has seen everything up to this number */
  seen: number
  /** the visitor has */
  read: number
  /** the address the visitor gave */
  contact: string
}

export interface Chat {
  state: ReadableStore<ChatState>
  /** A conversation is open, also one of an earlier page whose log is not here yet. */
  isRunning(): boolean
  /** Connects; before that a page view costs the centre no socket. */
  wake(): void
  send(body: string, files: readonly EntryFile[]): void
  /** The files of a message that is on its way, by its client id. */
  filesOf(message: Outgoing): readonly EntryFile[]
  markRead(): void
  typing(): void
  leaveContact(email: string, name: string): Promise<void>
  end(): Promise<void>
  /** Leaves an ended conversation behind: the next message opens a new one. */
  startAnew(): void
}

const WAITING: VisitorState = { state: 'waiting', agent: null, promise: null, customer_seen: 0, staff_seen: 0 }

export type VisitorClient = LiveClient<VisitorState>

/** `who` is the address that the page vouches for, '' when nobody is signed in there. */
export function createChat(live: VisitorClient, keep: Keep, who = ''): Chat {
  enterAs(who, live, keep)
  const empty: ChatState = {
    c: null,
    entries: [],
    now: null,
    seen: 0,
    read: 0,
    contact: keep.get('contact'),
  }
  const state = createStore<ChatState>(empty)
  const files = new Map<string, EntryFile>()
  const set = (change: Partial<ChatState>): void => state.update((before) => ({ ...before, ...change }))
  const last = (): number => state.getSnapshot().entries.at(-1)?.s ?? 0

  function adopt(c: string): void {
    const before = state.getSnapshot().c
    if (c === before) return
    if (before) live.unsubscribe(before)
    state.set({ ...empty, contact: keep.get('contact'), c })
    keep.set('c', c)
    live.subscribe(c)
  }

  function startAnew(): void {
    const { c } = state.getSnapshot()
    if (c) live.unsubscribe(c)
    keep.set('c', '')
    state.set({ ...empty, contact: keep.get('contact') })
  }

  function receive(frame: Frame<VisitorState>): void {
    if (frame.t === 'ready') enter(frame.token ?? '', frame.visitor ?? '', frame.c ?? null)
    else if (frame.t === 'token') keep.set('token', frame.token)
    else if (frame.t === 'ack' && frame.client_id && frame.c) adopt(frame.c)
    else if (frame.t === 'nack' && frame.c === state.getSnapshot().c) startAnew()
    else if ('c' in frame && frame.c === state.getSnapshot().c) follow(frame)
  }

  function enter(token: string, visitor: string, c: string | null): void {
    const stranger = keep.get('visitor') !== visitor
    keep.set('token', token)
    keep.set('visitor', visitor)
    // An expired token makes a new visitor, who may not read what the former one wrote.
    // Nor does the centre know the new one by an address that the former one left.
    if (stranger) {
      keep.set('contact', '')
      startAnew()
      readdress()
    }
    const known = c ?? keep.get('c')
    if (known) adopt(known)
  }

  /** What was written to a conversation that is out of reach opens a new one. */
  function readdress(): void {
    for (const { client_id, c, body, files } of live.outbox.getSnapshot()) {
      if (!c) continue
      live.discard(client_id)
      live.send({ c: null, body, files, page: location.href })
    }
  }

  function follow(frame: Frame<VisitorState>): void {
    const { entries, seen } = state.getSnapshot()
    if (frame.t === 'snap') set({ entries: frame.entries, ...known(frame.state) })
    else if (frame.t === 'synced') catchUp(frame.c, frame.state)
    else if (frame.t === 'seen' && frame.by === 'staff') set({ seen: Math.max(seen, frame.s) })
    else if (frame.t === 'ev') set({ entries: [...entries, frame], now: after(frame) })
  }

  /** Also what was read while the line was down gets told. */
  function catchUp(c: string, now: VisitorState): void {
    set(known(now))
    const { read } = state.getSnapshot()
    if (read > now.customer_seen) live.sendRead(c, read)
  }

  function known(now: VisitorState): Partial<ChatState> {
    const { seen, read } = state.getSnapshot()
    return { now, seen: Math.max(seen, now.staff_seen), read: Math.max(read, now.customer_seen) }
  }

  /** The events that change what the visitor can do are known before the server repeats them in `synced`. */
  function after({ event, from, name }: Entry): VisitorState | null {
    const now = state.getSnapshot().now ?? WAITING
    if (event?.name === 'closed') return { ...now, state: 'closed' }
    if (event?.name === 'reopened') return { ...now, state: 'waiting' }
    if (event?.name === 'assigned') return { ...now, state: 'assigned', agent: event.to ?? event.by ?? null }
    if (event?.name === 'transferred' || event?.name === 'released') return { ...now, agent: null }
    return from === 'agent' ? { ...now, agent: name } : now
  }

  live.listen(receive)
  keep.onChange((key, value) => {
    if (key === 'c' && value) adopt(value)
  })

  return {
    state,
    isRunning() {
      const { c, now } = state.getSnapshot()
      return (c ?? keep.get('c')) !== '' && now?.state !== 'closed'
    },
    wake: live.start,
    send(body, attached) {
      for (const file of attached) files.set(file.id, file)
      const { c } = state.getSnapshot()
      live.send({ c, body, files: attached.map((file) => file.id), page: location.href })
    },
    filesOf: (message) => message.files.flatMap((id) => files.get(id) ?? []),
    markRead() {
      const { c, read } = state.getSnapshot()
      const s = last()
      if (!c || s <= read) return
      live.sendRead(c, s)
      set({ read: s })
    },
    typing() {
      const { c } = state.getSnapshot()
      if (c) live.sendTyping(c)
    },
    async leaveContact(email, name) {
      await live.request({ t: 'contact', email, name })
      keep.set('contact', email)
      set({ contact: email })
    },
    async end() {
      await live.request({ t: 'end' })
    },
    startAnew,
  }
}

/** By when this visitor was promised an answer; nothing once a person has answered or when nothing was. */
export function ownPromise({ entries }: ChatState): Promised | undefined {
  const last = entries.findLast(({ from, event }) => from === 'agent' || event?.name === 'promised')
  return last?.event?.promise
}

/** Browsers are shared: what somebody left here who has signed out is not for the next one. */
function enterAs(who: string, live: VisitorClient, keep: Keep): void {
  const before = keep.get('who')
  if (before && before !== who) {
    for (const { client_id } of live.outbox.getSnapshot()) live.discard(client_id)
    for (const key of ['token', 'visitor', 'c', 'draft', 'contact'] as const) keep.set(key, '')
  }
  keep.set('who', who)
}

/** Messages of staff that the visitor has not seen. */
export function unread({ entries, read }: ChatState): number {
  return entries.filter((entry) => entry.s > read && entry.kind === 'message' && entry.from !== 'customer').length
}
