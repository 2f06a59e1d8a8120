/** Which of the two boxes is open, and how others ask for it. */
import { createStore } from '../../shared/store'
import type { DraftKind } from '../api/types'

/** A rising number asks for the focus; zero asks for nothing. */
export const composerFocus = createStore<{ kind: DraftKind; asked: number }>({ kind: 'message', asked: 0 })

/** Opens one of the boxes without asking for the focus; what somebody asked for before stays. */
export function openComposer(kind: DraftKind): void {
  composerFocus.update((focus) => (focus.asked > 0 ? focus : { kind, asked: 0 }))
}

export function focusComposer(kind: DraftKind): void {
  composerFocus.update(({ asked }) => ({ kind, asked: asked + 1 }))
}
