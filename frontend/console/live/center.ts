/** The live side of the console: one socket, the logs it keeps up to date, and who is there. */
import { createLiveClient, type Frame, type LiveClient } from '../../shared/protocol'
import { createStore, type Store } from '../../shared/store'
import type { Call } from '../../shared/wire'
import { api, withQuery } from '../api/client'
import type { Entry, Page, Row } from '../api/types'
import { EMPTY_LOG, type Log, withDelivery, withEntry, withOlder, withSnapshot } from './log'

export type Viewer = { user: string; name: string }
export type Offer = { id: string; c: string; row: Row; expiresAt: number; seconds: number; revoked: string | null }
export type Notices = {
  /** A row changed; the lists that show it follow. */
  row: (row: Row) => void
  /** The line is (again) open. */
  ready: () => void
  /** From now on every changed row comes: what was fetched before may have missed some. */
  watching: () => void
  /** Something happened in an interaction that may change what is allowed there. */
  changed: (c: string) => void
  /** The customer wrote. */
  asked: (c: string) => void
  /** A call changed: one of mine, one of an open interaction or, for supervisors, any. */
  call: (call: Call) => void
  /** Telephone lines were changed, stopped or started. */
  lines: () => void
  /** Offers were missed in a row: the server takes this person for away. */
  missed: () => void
}
type FrameOf<T extends Frame<Row>['t']> = Extract<Frame<Row>, { t: T }>
export type OpenState = 'loading' | 'open' | { error: unknown }

const INBOX = 'inbox'
const PAGE = 100
const KEPT_LOGS = 40
/** Somebody looks at this page and waits: the line is tried often. */
const PATIENCE_MS = 4_000
const REVOKED_SHOWN_MS = 4_000
/** An offer whose end was not heard of (the line was gone) ends by itself so long after its time. */
const UNHEARD_MS = 2_000
/** What this person did, or is told otherwise, needs no line of its own. */
const OWN_DOING = new Set(['accepted', 'declined', 'away'])
const CLOCKS_APART_MS = 1_000

export class LiveCenter {
  readonly client: LiveClient<Row>
  readonly offers = createStore<Offer[]>([])
  readonly viewers = createStore<Readonly<Record<string, Viewer[]>>>({})
  /** The number up to which the customer has read, by interaction. */
  readonly seenByCustomer = createStore<Readonly<Record<string, number>>>({})
  private readonly logs = new Map<string, Store<Log>>()
  private readonly states = new Map<string, Store<OpenState>>()
  private viewed: string | null = null
  /** How far the server's clock is ahead of ours, in milliseconds. */
  private ahead = 0

  constructor(
    url: string,
    private readonly notices: Notices,
  ) {
    this.client = createLiveClient<Row>({ url, auth: () => ({}), patienceMs: PATIENCE_MS })
    this.client.listen((frame) => this.receive(frame))
    this.client.subscribe(INBOX)
  }

  /** The server's clock, in milliseconds: calls are measured by it. */
  readonly now = (): number => Date.now() + this.ahead

  log(c: string): Store<Log> {
    return stored(this.logs, c, EMPTY_LOG)
  }

  openState(c: string): Store<OpenState> {
    return stored<OpenState>(this.states, c, 'loading')
  }

  /** Loads the newest page once and keeps it up to date from then on, also while another interaction is open. */
  async open(c: string): Promise<void> {
    const state = this.openState(c)
    if (state.getSnapshot() === 'open') return this.touch(c)
    state.set('loading')
    try {
      const page = await this.page(c, {})
      this.log(c).update((log) => withSnapshot(log, page.items, page.items.at(-1)?.s ?? 0))
      this.client.subscribe(c, this.log(c).getSnapshot().last || undefined)
      state.set('open')
      this.forgetOldest()
    } catch (error) {
      state.set({ error })
    }
  }

  async loadOlder(c: string): Promise<void> {
    const before = this.log(c).getSnapshot().entries[0]?.s
    if (!before || before <= 1) return
    const page = await this.page(c, { before })
    this.log(c).update((log) => withOlder(log, page.items))
  }

  /** An own entry as the server stored it. A gap before it is the stream's to fill; without a line it is fetched. */
  async confirm(c: string, entry: Entry): Promise<void> {
    if (entry.s <= this.log(c).getSnapshot().last + 1) return this.log(c).update((log) => withEntry(log, entry))
    if (this.client.status.getSnapshot() === 'online') return
    const page = await this.page(c, {})
    this.log(c).update((log) => withSnapshot(log, page.items, page.items.at(-1)?.s ?? 0))
  }

  /** Tells the others what this person looks at; the server hears it once it lets us read there. */
  view(c: string | null): void {
    this.viewed = c
    if (c === null || this.openState(c).getSnapshot() === 'open') this.client.hint({ t: 'view', c })
  }

  addOffer(offer: Offer): void {
    this.offers.update((offers) => [...offers.filter((other) => other.id !== offer.id), offer])
    setTimeout(() => this.revoke(offer.id, 'lapsed'), offer.expiresAt - Date.now() + UNHEARD_MS)
  }

  removeOffer(id: string): void {
    this.offers.update((offers) => offers.filter((offer) => offer.id !== id))
  }

  /** What each kind of frame does; kinds that are missing are the protocol client's own business. */
  private readonly handlers: { [T in Frame<Row>['t']]?: (frame: FrameOf<T>) => void } = {
    hello: (frame) => {
      this.ahead = Date.parse(frame.now) - Date.now()
    },
    ready: () => this.notices.ready(),
    row: (frame) => this.notices.row(frame.row),
    call: (frame) => this.notices.call(frame.call),
    lines: () => this.notices.lines(),
    snap: (frame) => {
      this.log(frame.c).update((log) => withSnapshot(log, frame.entries, frame.s))
      this.notices.row(frame.state)
    },
    ev: (frame) => this.append(frame),
    synced: (frame) => this.synced(frame),
    upd: (frame) => this.log(frame.c).update((log) => withDelivery(log, frame.s, frame.delivery, frame.error)),
    seen: ({ c, by, s }) => {
      if (by === 'customer') this.seenByCustomer.update((all) => ({ ...all, [c]: s }))
    },
    presence: ({ c, viewers }) => this.viewers.update((all) => ({ ...all, [c]: viewers })),
    offer: ({ offer: id, c, row, seconds, expires_at }) => {
      this.addOffer({ id, c, row, seconds, expiresAt: Date.parse(expires_at) - this.ahead, revoked: null })
    },
    'offer.revoked': (frame) => this.revoke(frame.offer, frame.reason),
  }

  private receive<T extends Frame<Row>['t']>(frame: FrameOf<T>): void {
    this.handlers[frame.t as T]?.(frame)
  }

  private append(frame: FrameOf<'ev'>): void {
    const { t: _type, c, ...entry } = frame
    this.log(c).update((log) => withEntry(log, entry))
    if (entry.kind === 'event') this.notices.changed(c)
    else if (entry.from === 'customer') this.notices.asked(c)
  }

  private synced(frame: FrameOf<'synced'> & { seen?: { customer: number } }): void {
    if (frame.c === INBOX) this.notices.watching()
    if (frame.c === this.viewed) this.client.hint({ t: 'view', c: frame.c })
    if (frame.state) this.notices.row(frame.state)
    const { seen } = frame
    if (seen) this.seenByCustomer.update((all) => ({ ...all, [frame.c]: seen.customer }))
    for (const [s, delivery] of Object.entries(frame.deliveries ?? {})) {
      this.log(frame.c).update((log) => withDelivery(log, Number(s), delivery))
    }
  }

  private revoke(id: string, reason: string): void {
    const offer = this.offers.getSnapshot().find((other) => other.id === id)
    if (!offer || offer.revoked) return
    const over = Date.now() >= offer.expiresAt - CLOCKS_APART_MS
    if (reason === 'away' && over) this.notices.missed()
    if (OWN_DOING.has(reason)) {
      this.removeOffer(id)
      return
    }
    this.offers.update((offers) => offers.map((other) => (other.id === id ? { ...other, revoked: reason } : other)))
    setTimeout(() => this.removeOffer(id), REVOKED_SHOWN_MS)
  }

  private page(c: string, query: { before?: number; limit?: number }): Promise<Page<Entry>> {
    return api.get(withQuery(`/api/interactions/${c}/entries`, { limit: PAGE, ...query }))
  }

  private touch(c: string): void {
    const log = this.logs.get(c)
    if (!log) return
    this.logs.delete(c)
    this.logs.set(c, log)
  }

  private forgetOldest(): void {
    for (const c of [...this.logs.keys()].slice(0, Math.max(0, this.logs.size - KEPT_LOGS))) {
      if (c === this.viewed || this.log(c).getSnapshot().pending.length > 0) continue
      this.client.unsubscribe(c)
      this.logs.delete(c)
      this.states.delete(c)
    }
  }
}

function stored<T>(stores: Map<string, Store<T>>, key: string, initial: T): Store<T> {
  const store = stores.get(key) ?? createStore(initial)
  stores.set(key, store)
  return store
}
