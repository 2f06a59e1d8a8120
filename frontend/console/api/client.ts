/** The one place that speaks HTTP: JSON in and out, the CSRF header, and every failure as an `ApiError`. */

import type { Page } from './types'

export type FieldErrors = Record<string, string>

/** A request that did not succeed. `status` 0 means that the server was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: unknown = null,
    readonly retryAfter: number | null = null,
  ) {
    super(message)
    this.name = 'ApiError'
  }

  /** What is wrong with each field of a refused form (422), by the field's name: a sentence or a code. */
  get fields(): FieldErrors {
    return fieldErrors(this.details)
  }
}

type Problem = { code?: string; message?: string; details?: unknown }
type Query = Record<string, string | number | undefined | null>

const LARGEST_PAGE = 200

let csrfToken = ''

/** The token of the signed-in session; `/api/me` hands it out. */
export function setCsrfToken(token: string): void {
  csrfToken = token
}

/** The token for forms that leave the page, such as signing out. */
export function currentCsrfToken(): string {
  return csrfToken
}

export function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return text ? `${path}?${text}` : path
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, undefined, signal),
  /** All pages of a list: for choices, which have to be complete. */
  all: async <T>(path: string, signal?: AbortSignal): Promise<T[]> => {
    const found: T[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Page<T> = await api.get<Page<T>>(withQuery(path, { limit: LARGEST_PAGE, cursor }), signal)
      found.push(...page.items)
      cursor = page.next ?? null // a list that always is complete has no pages
    }
    return found
  },
  post: <T>(path: string, body: unknown = {}) => request<T>('POST', path, body),
  put: <T>(path: string, body: unknown) => request<T>('PUT', path, body),
  patch: <T>(path: string, body: unknown) => request<T>('PATCH', path, body),
  /** A file, under the name that the server gives it. */
  file: async (path: string) => {
    const response = await accepted(await reach(path, { credentials: 'same-origin' }))
    return new File([await response.blob()], fileName(response.headers.get('Content-Disposition') ?? ''))
  },
  remove: <T>(path: string) => request<T>('DELETE', path),
}

/** Of a Content-Disposition header (RFC 6266); plain or, beyond ASCII, percent-encoded. */
export function fileName(disposition: string): string {
  const [, coded, plain] = /filename(?:\*=utf-8''([^;]+)|="([^"]+)")/i.exec(disposition) ?? []
  return coded ? decodeURIComponent(coded) : (plain ?? 'file')
}

async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken
  const isForm = body instanceof FormData
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json'
  const response = await reach(path, {
    method,
    headers,
    credentials: 'same-origin',
    body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
    signal,
  })
  return (await decoded(await accepted(response))) as T
}

async function accepted(response: Response): Promise<Response> {
  if (!response.ok) throw problem(response, (await decoded(response)) as Problem | null)
  return response
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 'unreachable', '')
  }
}

async function decoded(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!text) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function problem(response: Response, data: Problem | null): ApiError {
  const retryAfter = Number(response.headers.get('Retry-After')) || null
  return new ApiError(response.status, data?.code ?? 'error', data?.message ?? '', data?.details ?? null, retryAfter)
}

/**
 * What is wrong with which field. The rules of the business name it `name`, with a sentence for people or a code such as
 * "required"; the types of the API name where it stood, `agent.email` or `calendar.hours.mon.0`, in words for
 * programmers: those give the code "invalid".
 */
export function fieldErrors(details: unknown): FieldErrors {
  if (details === null || typeof details !== 'object') return {}
  return Object.fromEntries(Object.entries(details).map(([path, problem]) => fieldError(path, String(problem))))
}

function fieldError(path: string, problem: string): [string, string] {
  const [first = '', second] = path.split('.')
  return second ? [second, 'invalid'] : [first, problem]
}
