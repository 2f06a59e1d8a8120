/** What was typed into an article and not saved, kept in this browser so that no crash and no closed tab loses it. */
import type { Changes } from './editing'

/** `expected`: the version that it was written upon. */
export type LocalDraft = { changes: Changes; expected: number; at: string }

const PREFIX = 'console.article.'
/** The oldest goes first: a browser keeps about 5 MB for everything. */
export const MOST_DRAFTS = 20
export const MOST_CHARACTERS = 1_500_000

/** Nobody else who signs in here finds it. */
export function readDraft(user: string, article: string): LocalDraft | null {
  return parsed(localStorage.getItem(keyOf(user, article)))
}

export function keepDraft(user: string, article: string, draft: LocalDraft): void {
  const text = JSON.stringify(draft)
  makeRoom(keyOf(user, article), text.length)
  try {
    localStorage.setItem(keyOf(user, article), text)
  } catch {
    // The browser is full: the text is still on the screen, and leaving it asks first.
  }
}

export function dropDraft(user: string, article: string): void {
  localStorage.removeItem(keyOf(user, article))
}

function makeRoom(mine: string, size: number): void {
  const others = Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX) && key !== mine)
    .map((key) => ({ key, text: localStorage.getItem(key) ?? '' }))
    .map(({ key, text }) => ({ key, size: text.length, at: parsed(text)?.at ?? '' }))
    .sort((one, other) => (one.at < other.at ? 1 : -1))
  let room = MOST_CHARACTERS - size
  others.forEach(({ key, size: taken }, index) => {
    room -= taken
    if (room < 0 || index >= MOST_DRAFTS - 1) localStorage.removeItem(key)
  })
}

function parsed(text: string | null): LocalDraft | null {
  try {
    return JSON.parse(text ?? 'null') as LocalDraft | null
  } catch {
    return null
  }
}

function keyOf(user: string, article: string): string {
  return `${PREFIX}${user}.${article}`
}
