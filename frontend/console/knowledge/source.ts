import { api } from '../api/client'
import type { Suggestion } from '../api/types'

/** What is put into a reply: the answer and where it stands. An internal page is named to nobody outside. */
export function withSource({ text, url, audience }: Suggestion): string {
  return audience === 'public' && url ? `${text}\n\n${url}` : text
}

/** Has it counted and learnt from that this answer went into a reply; a figure, no reason to stop. */
export function countInserted(interaction: string, suggestion: string): void {
  api.post(`/api/interactions/${interaction}/suggestions/${suggestion}/inserted`).catch(() => undefined)
}
