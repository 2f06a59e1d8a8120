/** The centre's public HTTP addresses, as the panel uses them. */
import { chatAddress, fetchJson, type Suggestion } from './config'
import type { Settings } from './settings'

/** One piece of an article: heading, paragraph, bullet, numbered step (`n`), code. A task is `done` or not. */
export interface Block {
  t: 'h' | 'p' | 'li' | 'ol' | 'code'
  text: string
  n?: number
  done?: boolean
}

export interface Article {
  title: string
  blocks: Block[]
}

export interface Uploaded {
  id: string
  url?: string
}

export interface Api {
  suggest(q: string): Promise<Suggestion[]>
  /** `q` is the question that led there, `visitor` who asks, '' when nobody is known yet. */
  article(id: string, q: string, visitor: string): Promise<Article>
  /** The visitor needs nobody any more: counts as deflected. */
  solved(q: string, article: string, visitor: string): void
  /** `done` tells the share that has left, 0 to 1. */
  upload(file: File, token: string, done: (share: number) => void): Promise<Uploaded>
  /** A file that is not to be sent after all. */
  discard(id: string, token: string): void
}

export function createApi(settings: Settings): Api {
  return {
    suggest: async (q) => (await fetchJson<{ items: Suggestion[] }>(settings, 'suggest', { q })).items,
    article: (id, q, visitor) => fetchJson(settings, 'article', { id, q, visitor }),
    solved(q, article, visitor) {
      const body = JSON.stringify({ q, article, visitor })
      const headers = { 'Content-Type': 'application/json' }
      const options: RequestInit = { method: 'POST', credentials: 'omit', keepalive: true, headers, body }
      fetch(chatAddress(settings, 'solved'), options).catch(() => {})
    },
    upload: (file, token, done) =>
      new Promise((resolve, reject) => {
        const request = new XMLHttpRequest()
        request.open('POST', chatAddress(settings, 'upload'))
        request.setRequestHeader('Authorization', `Visitor ${token}`)
        request.responseType = 'json'
        request.upload.onprogress = ({ loaded, total }) => done(loaded / total)
        request.onerror = reject
        request.onload = () => (request.status < 300 ? resolve(request.response) : reject())
        const form = new FormData()
        form.append('file', file)
        request.send(form)
      }),
    discard(id, token) {
      const headers = { Authorization: `Visitor ${token}` }
      fetch(chatAddress(settings, 'upload', { id }), { method: 'DELETE', credentials: 'omit', headers }).catch(() => {})
    },
  }
}
