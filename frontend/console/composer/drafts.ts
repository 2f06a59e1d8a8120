/** What has been typed and not sent: at once in memory and in the browser, a moment later on the server. */
import { createStore } from '../../shared/store'
import { api } from '../api/client'
import type { Detail, DraftKind } from '../api/types'
import { isOnItsWay } from './outbox'

/** `saved` is what the server has. */
export type LocalDraft = { text: string; saved: string }
/** The browser's copy, while the server has something else. */
type Copy = { text: string; at: string }

const SAVE_AFTER_MS = 700
const EMPTY: LocalDraft = { text: '', saved: '' }
const PREFIX = 'console.draft.'

export const drafts = createStore<Readonly<Record<string, LocalDraft>>>({})
const timers = new Map<string, ReturnType<typeof setTimeout>>()
let owner = ''

/** Whose words are kept in this browser; nobody else who signs in here finds them. */
export function keepDraftsOf(user: string): void {
  owner = user
}

function draftKey(interaction: string, kind: DraftKind): string {
  return `${interaction}:${kind}`
}

export function draftOf(all: Readonly<Record<string, LocalDraft>>, interaction: string, kind: DraftKind): LocalDraft {
  return all[draftKey(interaction, kind)] ?? EMPTY
}

/** Words that were typed here and had not reached the server. */
export function storedDraft(interaction: string, kind: DraftKind): string {
  return readCopy(draftKey(interaction, kind))?.text ?? ''
}

/** Takes over what the server has (from another tab or before a reload), unless something newer is typed here. */
export function adoptDrafts(detail: Detail): void {
  for (const kind of ['message', 'note'] as const) {
    const key = draftKey(detail.row.id, kind)
    if (timers.has(key)) continue
    const here = drafts.getSnapshot()[key]
    const there = detail.drafts.find((draft) => draft.kind === kind)
    const copy = here ? null : readCopy(key)
    if (copy && copy.at > (there?.updated_at ?? '')) {
      put(key, { text: copy.text, saved: there?.body ?? '' })
      save(detail.row.id, kind)
    } else adopt(detail.row.id, kind, here ?? EMPTY, there?.body ?? '')
  }
}

function adopt(interaction: string, kind: DraftKind, here: LocalDraft, there: string): void {
  if (here.text !== here.saved || here.saved === there || isOnItsWay(interaction, kind, there)) return
  put(draftKey(interaction, kind), { text: there, saved: there })
}

export function typeDraft(interaction: string, kind: DraftKind, text: string): void {
  const key = draftKey(interaction, kind)
  put(key, { ...draftOf(drafts.getSnapshot(), interaction, kind), text })
  writeCopy(key, text)
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

/** The server is there again: it gets what was typed meanwhile. */
export function saveDrafts(): void {
  for (const [key, { text, saved }] of Object.entries(drafts.getSnapshot())) {
    const [interaction = '', kind] = key.split(':')
    if (text !== saved) save(interaction, kind as DraftKind)
  }
}

/** The text has become a message: nothing is left to keep. */
export function clearDraft(interaction: string, kind: DraftKind): void {
  const key = draftKey(interaction, kind)
  clearTimeout(timers.get(key))
  timers.delete(key)
  put(key, EMPTY)
  dropCopy(key)
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
  if (text === saved) return dropCopy(key)
  try {
    await api.put(`/api/interactions/${interaction}/draft`, { kind, body: text })
    const now = draftOf(drafts.getSnapshot(), interaction, kind)
    if (now.text !== '' || text === '') put(key, { ...now, saved: text })
    if (now.text === text) dropCopy(key)
  } catch {
    // The text is kept here and is tried again with the next key or connection.
  }
}

function put(key: string, draft: LocalDraft): void {
  drafts.update((all) => ({ ...all, [key]: draft }))
}

function readCopy(key: string): Copy | null {
  try {
    return JSON.parse(localStorage.getItem(copyKey(key)) ?? 'null') as Copy | null
  } catch {
    return null
  }
}

function writeCopy(key: string, text: string): void {
  if (owner) localStorage.setItem(copyKey(key), JSON.stringify({ text, at: new Date().toISOString() } satisfies Copy))
}

function dropCopy(key: string): void {
  localStorage.removeItem(copyKey(key))
}

function copyKey(key: string): string {
  return `${PREFIX}${owner}.${key}`
}
