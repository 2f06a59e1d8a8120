/** The messages now on screen. Anything may say something here; `Toasts` shows it. */
import { createStore } from '../../shared/store'

export type Tone = 'good' | 'bad' | 'info'
export type ToastAction = { label: string; run: () => void }
export type Toast = { id: number; tone: Tone; text: string; action?: ToastAction; duration: number }

/** How long undo is offered, in milliseconds. */
export const UNDO_MS = 6_000
const PLAIN_MS = 4_000
const ERROR_MS = 10_000
const MOST = 4

let lastId = 0

export const toasts = createStore<Toast[]>([])

export function showToast(tone: Tone, text: string, action?: ToastAction): void {
  lastId += 1
  const duration = action ? UNDO_MS : tone === 'bad' ? ERROR_MS : PLAIN_MS
  const toast = { id: lastId, tone, text, action, duration }
  toasts.update((shown) => [...shown.slice(1 - MOST), toast])
}

export function dismissToast(id: number): void {
  toasts.update((shown) => shown.filter((toast) => toast.id !== id))
}

/** What a message said is not so any more. */
export function dismissSaying(text: string): void {
  toasts.update((shown) => shown.filter((toast) => toast.text !== text))
}

/** Runs the newest action still offered (key `z`); false when there is none. */
export function undoLatest(): boolean {
  const latest = toasts.getSnapshot().findLast((toast) => toast.action)
  if (!latest) return false
  dismissToast(latest.id)
  latest.action?.run()
  return true
}
