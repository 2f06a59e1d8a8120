/** What has been typed and not sent: at once in memory, a moment later on the server. */
import { createStore } from '../../shared/store'
import { api } from '../api/client'
import type { Detail, DraftKind } from '../api/types'

/** `saved` is what the server has. */
export type LocalDraft = { text: string; saved: string }

const SAVE_AFTER_MS = 700
const EMPTY: LocalDraft = { text: '', saved: '' }

export const drafts = createStore<Readonly<Record<string, LocalDraft>>>({})
const timers = new Map<string, ReturnType<typeof setTimeout>>()

function draftKey(interaction: string, kind: DraftKind): string {
  return `${interaction}:${kind}`
}

export function draftOf(all: Readonly<Record<string, LocalDraft>>, interaction: string, kind: DraftKind): LocalDraft {
  return all[draftKey(interaction, kind)] ?? EMPTY
}

/** Takes over what the server has (from another tab or before a reload), unless something newer is typed here. */
export function adoptDrafts(detail: Detail): void {
  for (const kind of ['message', 'note'] as const) {
    const key = draftKey(detail.row.id, kind)
    const here = drafts.getSnapshot()[key] ?? EMPTY
    const there = detail.drafts.find((draft) => draft.kind === kind)?.body ?? ''
    if (here.text === here.saved && here.saved !== there && !timers.has(key)) put(key, { text: there, saved: there })
  }
}

export function typeDraft(interaction: string, kind: DraftKind, text: string): void {
  const key = draftKey(interaction, kind)
  put(key, { ...draftOf(drafts.getSnapshot(), interaction, kind), text })
  clearTimeout(timers.get(key))
  timers.set(
    key,
    setTimeout(() => save(interaction, kind), SAVE_AFTER_MS),
  )
}

/** Sends what still waits, for leaving the interaction or the page. */
export function flushDraft(interaction: string, kind: DraftKind): void {
  if (timers.has(draftKey(interaction, kind))) save(interaction, kind)
}

/** The text has become a message: nothing is left to keep. */
export function clearDraft(interaction: string, kind: DraftKind): void {
  const key = draftKey(interaction, kind)
  clearTimeout(timers.get(key))
  timers.delete(key)
  put(key, EMPTY)
}

/** Tells the server that the draft is gone, unless it never knew of one. */
export function dropDraft(interaction: string, kind: DraftKind): void {
  api.put(`/api/interactions/${interaction}/draft`, { kind, body: '' }).catch(() => undefined)
}

async function save(interaction: string, kind: DraftKind): Promise<void> {
  const key = draftKey(interaction, kind)
  clearTimeout(timers.get(key))
  timers.delete(key)
  const { text, saved } = draftOf(drafts.getSnapshot(), interaction, kind)
  if (text === saved) return
  try {
    await api.put(`/api/interactions/${interaction}/draft`, { kind, body: text })
    const now = draftOf(drafts.getSnapshot(), interaction, kind)
    if (now.text !== '' || text === '') put(key, { ...now, saved: text })
  } catch {
    // The text is still here and is tried again with the next key.
  }
}

function put(key: string, draft: LocalDraft): void {
  drafts.update((all) => ({ ...all, [key]: draft }))
}
