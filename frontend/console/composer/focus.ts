/** Which of the two boxes is open, and how others ask for it. */
import { createStore } from '../../shared/store'
import type { DraftKind } from '../api/types'

/** A rising number asks for the focus; zero asks for nothing. */
export const composerFocus = createStore<{ kind: DraftKind; asked: number }>({ kind: 'message', asked: 0 })

export function focusComposer(kind: DraftKind): void {
  composerFocus.update(({ asked }) => ({ kind, asked: asked + 1 }))
}
