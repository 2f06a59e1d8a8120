/** Plain builders for tests: everything that is not said is ordinary. */
import type { Entry, Row } from '../api/types'

export function rowWith(more: Partial<Row> = {}): Row {
  return {
    id: 'r1',
    channel: 'email',
    account: 'support@example.org',
    subject: 'Question',
    first_words: 'Good morning',
    state: 'waiting',
    customer: { id: 'c1', name: 'Ada Example', verified: false },
    assigned_to: null,
    team: null,
    priority: 0,
    s: 1,
    unread: 0,
    created_at: '2026-11-23T09:00:00Z',
    waiting_since: '2026-11-23T09:00:00Z',
    promised_at: '2026-11-23T13:00:00Z',
    last_entry_at: '2026-11-23T09:00:00Z',
    closed_at: null,
    language: 'en',
    quarantined: false,
    version: 1,
    last_from: 'customer',
    ...more,
  }
}

export function entryWith(more: Partial<Entry> = {}): Entry {
  return {
    id: `e${more.s ?? 1}`,
    s: 1,
    kind: 'message',
    from: 'customer',
    name: 'Ada Example',
    user: null,
    at: '2026-11-23T09:00:00Z',
    channel: 'email',
    body: 'Hello',
    html: false,
    client_id: '',
    automatic: false,
    delivery: '',
    error: '',
    to: '',
    files: [],
    event: null,
    ...more,
  }
}
