/** Plain builders for tests: everything that is not said is ordinary. */
import type { Entry, Me, Row } from '../api/types'
import type { Article } from '../knowledge/types'

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
    not_before: null,
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

export function articleWith(more: Partial<Article> = {}): Article {
  return {
    id: 'a1',
    slug: 'reset',
    locale: 'en',
    title: 'Reset the device',
    summary: 'How to reset it.',
    body: 'Press the button.',
    html: '<p>Press the button.</p>',
    keywords: 'restart',
    category: '',
    products: [],
    models: [],
    audience: 'public',
    state: 'draft',
    live: false,
    version: 1,
    live_version: null,
    publish_at: null,
    outdated: false,
    updated_at: '2026-11-23T09:00:00Z',
    updated_by: 'Anna Example',
    translations: [],
    original: null,
    original_changed: null,
    links: { broken: [], from: [] },
    files: [],
    path: '/help/reset',
    ...more,
  }
}

export function meWith(more: Partial<Me> = {}): Me {
  return {
    id: 'u1',
    name: 'Anna Example',
    email: 'anna@example.org',
    language: 'en',
    theme: 'system',
    role: 'Knowledge editor',
    permissions: ['work_queue', 'edit_knowledge', 'publish_knowledge'],
    wanted: 'available',
    capacity: 3,
    teams: [],
    demo: false,
    csrf: '',
    ...more,
  }
}
