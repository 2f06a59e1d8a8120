/** What the HTTP API and the socket send. Times are ISO 8601 with zone; ids are opaque. */

import type { EntryFile, Row, Entry as WireEntry } from '../../shared/wire'

export type { EntryEvent, EntryFile, Row } from '../../shared/wire'
/** What the e-mail channel found odd about a sender, with the address that it is about. */
export type WarningName = 'reply_to_differs' | 'guest' | 'references_other'
/** For staff only: `raw`: the mail is kept as it came; `remote_images`: its HTML has pictures that wait to be asked for. */
export type Entry = WireEntry & {
  subject?: string
  raw?: boolean
  remote_images?: boolean
  warnings?: { name: WarningName; address: string }[]
}
export type Presence = 'available' | 'busy' | 'away' | 'offline'
export type Wanted = Exclude<Presence, 'offline'>
export type Theme = 'light' | 'dark' | 'system'
export type Permission =
  | 'work_queue'
  | 'supervise'
  | 'edit_knowledge'
  | 'publish_knowledge'
  | 'merge_customers'
  | 'manage_settings'

export type Named = { id: string; name: string }
export type Page<T> = { items: T[]; next: string | null }

export type Me = {
  id: string
  name: string
  email: string
  language: string
  theme: Theme
  role: string
  permissions: Permission[]
  wanted: Wanted
  capacity: number
  teams: Named[]
  demo: boolean
  csrf: string
}

export type Upload = Omit<EntryFile, 'url' | 'inline'>

export type ContactPoint = { kind: string; value: string; proof: 'typed' | 'received' | 'verified' }
export type Match = { id: string; other: Named; kind: string; value: string; state: string }
export type Merge = { merge: string; id: string; name: string; at: string }

export type Customer = {
  id: string
  name: string
  company: string
  language: string
  note: string
  verified: boolean
  contact_points: ContactPoint[]
  matches: Match[]
  merged: Merge[]
  interactions: { open: number; total: number }
  since: string
}
/** `product` and `model` are keys of the catalogue; `name` is what it is called. */
export type DeviceValues = { product: string; model: string; serial: string; place: string }
export type Device = DeviceValues & { id: string; name: string; installed_on: string | null }
type DeviceKind = { key: string; name: string }
export type DeviceFamily = DeviceKind & { models: DeviceKind[] }
export type CustomerShort = Pick<Customer, 'id' | 'name' | 'company' | 'verified'> & Partial<Customer>
export type CustomerPatch = Partial<Pick<Customer, 'name' | 'company' | 'note' | 'language'>>
export type TimelineItem = { interaction: Row; messages: number }
/** `hidden`: how many more there are with teams that this person does not see. */
export type TimelinePage = Page<TimelineItem> & { hidden: number }

export type DraftKind = 'message' | 'note'
export type Draft = { kind: DraftKind; body: string; updated_at: string }
export type Action = 'take' | 'release' | 'transfer' | 'close' | 'reopen' | 'reply'
/** `instead_of`: who the customer's last message says it comes from, where answers go to another address. */
export type ReplyRoute = { channel: string; to: string; from: string; subject: string; instead_of: string }
export type Detail = {
  row: Row
  customer: Customer
  reply: ReplyRoute | null
  drafts: Draft[]
  may: Partial<Record<Action, boolean>>
  offer: { id: string; expires_at: string; mine: boolean } | null
}

export type QueueView = 'open' | 'mine' | 'waiting' | 'closed'
export type QueueCounts = { open: number; mine: number; waiting: number }
export type QueuePage = Page<Row> & { order: string; counts: QueueCounts }

export type SearchHit = Row & { snippet?: string }
export type SearchResult = { interactions: SearchHit[]; customers: CustomerShort[]; next: string | null }

export type SuggestionReason = { code?: string; words?: string[] }
export type Suggestion = {
  id: string
  kind: 'article' | 'code'
  title: string
  snippet: string
  url: string
  score: number
  reason: SuggestionReason
  text: string
  audience: 'public' | 'customer' | 'internal'
}

export type Person = Named & { presence: Presence; load: number; capacity: number }
export type WorkItem = {
  id: string
  kind: string
  title: string
  state: 'due' | 'dead'
  due_at: string
  attempts: number
  last_error: string
  interaction: string
}
