/** What the keys do with the call that I am on; its controls say so themselves. */
import { createStore } from '../../shared/store'

export const callKeys = createStore<{ mute: (() => void) | null; hold: (() => void) | null }>({
  mute: null,
  hold: null,
})
