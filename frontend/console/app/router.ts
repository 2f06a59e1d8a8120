/** The address bar is the state of the page: paths under /console/, read and written by the history API. */
import { useSyncExternalStore } from 'react'

const BASE = '/console'

export type Route =
  | { name: 'queue' }
  | { name: 'interaction'; id: string }
  | { name: 'search' }
  | { name: 'customers' }
  | { name: 'customer'; id: string }
  | { name: 'knowledge'; tab: KnowledgeTab; id: string | null }
  | { name: 'callbacks'; tab: CallbackTab }
  | { name: 'reports'; tab: ReportTab }
  | { name: 'work' }
  | { name: 'settings'; screen: string; id: string | null }
  | { name: 'lost' }
export const KNOWLEDGE_TABS = ['articles', 'codes', 'categories', 'products', 'questions', 'links'] as const
export const CALLBACK_TABS = ['due', 'scheduled', 'ended', 'calendar'] as const
export type CallbackTab = (typeof CALLBACK_TABS)[number]
export const REPORT_TABS = ['knowledge', 'callbacks'] as const
export type ReportTab = (typeof REPORT_TABS)[number]
export type KnowledgeTab = (typeof KNOWLEDGE_TABS)[number]
export type Location = { path: string; query: URLSearchParams }

/** What a path means; everything unknown is `lost`. */
export function routeOf(path: string): Route {
  const [first = 'queue', second, third] = path
    .slice(BASE.length)
    .split('/')
    .filter(Boolean)
    .map((part) => decodeURIComponent(part))
  switch (first) {
    case 'queue':
    case 'search':
    case 'work':
      return { name: first }
    case 'i':
      return second ? { name: 'interaction', id: second } : { name: 'queue' }
    case 'customers':
      return second ? { name: 'customer', id: second } : { name: 'customers' }
    case 'knowledge':
      return { name: 'knowledge', tab: KNOWLEDGE_TABS.find((tab) => tab === second) ?? 'articles', id: third ?? null }
    case 'callbacks':
      return { name: 'callbacks', tab: CALLBACK_TABS.find((tab) => tab === second) ?? 'due' }
    case 'reports':
      return { name: 'reports', tab: REPORT_TABS.find((tab) => tab === second) ?? 'knowledge' }
    case 'settings':
      return { name: 'settings', screen: second ?? 'profile', id: third ?? null }
    default:
      return { name: 'lost' }
  }
}

export const to = {
  queue: () => `${BASE}/`,
  interaction: (id: string) => `${BASE}/i/${encodeURIComponent(id)}`,
  search: (query = '') => (query ? `${BASE}/search?q=${encodeURIComponent(query)}` : `${BASE}/search`),
  customers: () => `${BASE}/customers`,
  customer: (id: string) => `${BASE}/customers/${encodeURIComponent(id)}`,
  knowledge: (tab: KnowledgeTab = 'articles', id = '') => joined('knowledge', tab, id),
  callbacks: (tab: CallbackTab = 'due') => (tab === 'due' ? `${BASE}/callbacks` : joined('callbacks', tab)),
  reports: (tab: ReportTab = 'knowledge') => (tab === 'knowledge' ? `${BASE}/reports` : joined('reports', tab)),
  work: () => `${BASE}/work`,
  settings: (screen = '', id = '') => joined('settings', screen, id),
}

const listeners = new Set<() => void>()
let current: Location = read()
let guard: (() => boolean) | null = null

/** Goes to a path; a form with unsaved changes may keep the person where they are. Whoever replaces the address stays. */
export function go(path: string, { replace = false } = {}): void {
  if (path === `${location.pathname}${location.search}`) return
  if (guard && !replace && !guard()) return
  if (replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  changed()
}

/** Asked before leaving; returns the function that takes the question away again. */
export function guardLeaving(question: () => boolean): () => void {
  guard = question
  return () => {
    if (guard === question) guard = null
  }
}

export function useLocation(): Location {
  return useSyncExternalStore(subscribe, () => current)
}

export function useRoute(): Route {
  return routeOf(useLocation().path)
}

function joined(...parts: string[]): string {
  return [BASE, ...parts.filter(Boolean).map(encodeURIComponent)].join('/')
}

function read(): Location {
  return { path: location.pathname, query: new URLSearchParams(location.search) }
}

function changed(): void {
  current = read()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('popstate', changed)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) window.removeEventListener('popstate', changed)
  }
}
