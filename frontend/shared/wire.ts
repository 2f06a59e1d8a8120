/** What goes over the socket in `cic.v1`: the frames and the two things in them that people see, entries and rows. */

export type Side = 'customer' | 'staff'
export type Delivery = '' | 'pending' | 'sent' | 'failed'
export type InteractionState = 'waiting' | 'offered' | 'assigned' | 'closed'

export interface Person {
  id: string
  name: string
}

export interface EntryFile {
  id: string
  name: string
  type: string
  /** bytes */
  size: number
  url: string
  inline?: boolean
}

/** What happened, for entries of kind `event`: "assigned", "closed", … and who did it. */
export interface EntryEvent {
  name: string
  by?: string
  to?: string
  promise?: { by: string }
  [detail: string]: unknown
}

/** One line of an interaction's log. `s` is its gapless number, `body` plain text. */
export interface Entry {
  id: string
  s: number
  kind: 'message' | 'note' | 'event'
  from: 'customer' | 'agent' | 'system'
  name: string
  user: string | null
  at: string
  channel: string
  body: string
  /** the body is cut: `/api/entries/<id>` has all of it */
  more?: boolean
  html: boolean
  client_id: string
  automatic: boolean
  delivery: Delivery
  error: string
  to: string
  files: EntryFile[]
  event: EntryEvent | null
}

/** One line of the queue. Times are ISO; `unread` counts the customer's entries that no agent has seen. */
export interface Row {
  id: string
  channel: string
  account: string
  subject: string
  first_words: string
  state: InteractionState
  customer: { id: string; name: string; verified: boolean }
  assigned_to: Person | null
  team: Person | null
  priority: number
  s: number
  unread: number
  created_at: string
  waiting_since: string | null
  promised_at: string | null
  /** an appointment: nobody is asked to take it earlier */
  not_before: string | null
  last_entry_at: string
  closed_at: string | null
  language: string
  quarantined: boolean
  version: number
  last_from: 'customer' | 'agent' | 'system'
}

/** One telephone of a call. `to` is empty for agents. */
export interface CallLeg {
  id: string
  party: 'customer' | 'agent' | 'colleague' | 'supervisor'
  user: string
  name: string
  to: string
  stage: 'posting' | 'unknown' | 'accepted' | 'ringing' | 'answered' | 'ended' | 'absent'
  on_hold: boolean
  muted: boolean
  /** how a supervisor listens: listen, whisper or barge */
  listens: string
  answered_at: string | null
  ended_at: string | null
}

/** A call as it stands; `wrap_up_until`: its agent writes it up until then. */
export interface Call {
  id: string
  interaction: string
  direction: 'out' | 'in'
  line: { id: string; name: string; mode: string }
  number: string
  agent: Person | null
  attempt: number
  stage: 'waiting' | 'calling_agent' | 'calling_customer' | 'connecting' | 'talking' | 'on_hold' | 'wrapup' | 'ended'
  outcome: string
  answered_by: string
  started_at: string
  bridged_at: string | null
  ended_at: string | null
  wrap_up_until: string | null
  consents: { given: boolean }[]
  /** of a live call: whether the customer is being asked, it is about to begin, runs or rests */
  recording: '' | 'asked' | 'starting' | 'on' | 'paused'
  notes: string
  legs: CallLeg[]
}

/** What a visitor may know of the state of the own chat. */
export interface VisitorState {
  state: InteractionState
  agent: string | null
  /** ISO time by which an answer was promised */
  promise: string | null
  /** up to which number each side has read */
  customer_seen: number
  staff_seen: number
}

export interface Limits {
  frame: number
  body: number
  unacked: number
  file: number
}

/** Frames from the server. `State` is a Row for agents and a VisitorState for visitors. */
export type Frame<State = Row> =
  | { t: 'hello'; socket: string; now: string; heartbeat: number; limits: Limits; min: number; max: number }
  | { t: 'ready'; token?: string; visitor?: string; c?: string | null; s?: number; user?: string; name?: string }
  | { t: 'token'; token: string }
  | { t: 'snap'; c: string; s: number; state: State; entries: Entry[] }
  | ({ t: 'ev'; c: string } & Entry)
  | { t: 'synced'; c: string; s: number; state: State; deliveries?: Record<string, Delivery> }
  | { t: 'row'; row: Row }
  | { t: 'call'; c: string; call: Call }
  | { t: 'lines' }
  | { t: 'upd'; c: string; s: number; delivery: Delivery; error?: string }
  | { t: 'seen'; c: string; by: Side; s: number }
  | { t: 'head'; heads: Record<string, number> }
  | { t: 'resync' }
  | Ack
  | Nack
  | { t: 'err'; code: string; message: string; fatal: boolean }
  | { t: 'typing'; c: string; by: Side; name: string }
  | { t: 'presence'; c: string; viewers: { user: string; name: string }[] }
  | { t: 'offer'; offer: string; c: string; row: Row; expires_at: string; seconds: number }
  | { t: 'offer.revoked'; offer: string; c: string; reason: string }
  | { t: 'pong' }
  | { t: 'bye'; reason: string; reconnect_ms: number }
  /** to visitors: an agent asks to see their page, or does not any more */
  | { t: 'cobrowse'; session: string; agent?: string; ended?: boolean }

export interface Ack {
  t: 'ack'
  id: number
  client_id?: string
  c?: string
  s?: number
  at?: string
  dup?: boolean
}

export interface Nack {
  t: 'nack'
  id: number
  code: string
  message: string
  /** seconds */
  retry_after?: number
  /** set by the client: the interaction that may not be read */
  c?: string
  fatal?: boolean
}

/** Why the server closed. 1006 and a refused handshake are ordinary: try again with backoff. */
export const CLOSE = {
  restart: 1012,
  auth: 4001,
  forbidden: 4003,
  slow: 4008,
  tooMany: 4009,
  rateLimit: 4029,
  version: 4426,
} as const
