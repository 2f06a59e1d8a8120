/** What the centre says about a site before anything is asked. */
import type { Language } from '../shared/i18n'
import type { Limits } from '../shared/wire'
import type { Settings } from './settings'

export interface Suggestion {
  id: string
  kind: 'article' | 'code'
  title: string
  snippet: string
}

/** By when there is an answer, or in words how soon. */
export interface Promised {
  by: string
  text_en?: string
  text_de?: string
}

export interface Config {
  name: string
  /** #rrggbb */
  accent: string
  greeting: Partial<Record<Language, string>>
  /** within business hours */
  open: boolean
  /** somebody is there to answer */
  agents: boolean
  /** an answer can go on by mail */
  mail: boolean
  opens_at: string | null
  promise: Promised | null
  suggestions: Suggestion[]
  limits: Pick<Limits, 'body' | 'file'>
}

/** Other failures pass: a network that does not work, a busy server. */
const REFUSALS = new Set([400, 401, 403, 404])

/** A refusal of the server, told apart from a network that does not work. */
class RefusedError extends Error {}

export const isRefused = (error: unknown): boolean => error instanceof RefusedError

export const fetchConfig = (settings: Settings): Promise<Config> => fetchJson(settings, 'config')

export async function fetchJson<T>(settings: Settings, path: string, query?: Record<string, string>): Promise<T> {
  const response = await fetch(chatAddress(settings, path, query), { credentials: 'omit' })
  if (REFUSALS.has(response.status)) throw new RefusedError()
  if (!response.ok) throw new Error()
  return response.json() as Promise<T>
}

export function chatAddress({ base, site, language }: Settings, path: string, query?: Record<string, string>): string {
  return `${base}/chat/${path}?${new URLSearchParams({ site, lang: language, ...query })}`
}
