/** Who is typing, by interaction. A notice ends with the message or after 6 s, should the end of typing get lost. */
import type { Clock } from './link'
import { createStore, type ReadableStore } from './store'
import type { Side } from './wire'

export type Typists = Readonly<Record<string, { by: Side; name: string }>>

export interface Typing {
  store: ReadableStore<Typists>
  show(notice: { c: string; by: Side; name: string }): void
  hide(c: string, by: Side): void
}

const LASTS_MS = 6000

export function createTyping(clock: Clock): Typing {
  const store = createStore<Typists>({})
  const timers = new Map<string, number>()
  const hide = (c: string, by: Side): void => {
    if (store.getSnapshot()[c]?.by === by) store.update(({ [c]: _gone, ...others }) => others)
  }
  return {
    store,
    hide,
    show({ c, by, name }) {
      store.update((all) => ({ ...all, [c]: { by, name } }))
      clock.clearTimeout(timers.get(c))
      timers.set(
        c,
        clock.setTimeout(() => hide(c, by), LASTS_MS),
      )
    },
  }
}
