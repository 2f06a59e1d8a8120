/**
 * The receiver's side of one gapless sequence: applies s == last + 1, holds what came early, ignores what it has.
 * Together with a server that sends at least once, every event is seen exactly once and in order.
 */
export interface Numbered {
  s: number
}

export interface Stream<E extends Numbered> {
  /** The last number applied; undefined before the first snapshot or event. */
  last(): number | undefined
  /** True when the server is known to be further than what has been applied. */
  isBehind(): boolean
  /** Takes one event and gives those that are in order now. */
  accept(event: E): E[]
  /** A snapshot replaces the log up to `s`; gives the held events that follow it. */
  reset(s: number): E[]
  /** The server says that its log goes up to `s`. */
  noteHead(s: number): void
  /** Forgets everything: the next subscription asks for a snapshot. */
  clear(): void
}

/** Above this the held events are dropped: the resume that is due brings them again. */
const HELD_LIMIT = 1000

export function createStream<E extends Numbered>(start?: number): Stream<E> {
  let last = start
  let head = start ?? 0
  const held = new Map<number, E>()

  const drain = (): E[] => {
    const ready: E[] = []
    for (let event = held.get((last ?? 0) + 1); event; event = held.get((last ?? 0) + 1)) {
      held.delete(event.s)
      last = event.s
      ready.push(event)
    }
    return ready
  }

  return {
    last: () => last,
    isBehind: () => head > (last ?? 0),
    accept(event) {
      head = Math.max(head, event.s)
      if (event.s <= (last ?? 0)) return []
      if (held.size >= HELD_LIMIT) held.clear()
      held.set(event.s, event)
      return drain()
    },
    reset(s) {
      last = s
      for (const key of held.keys()) if (key <= s) held.delete(key)
      head = Math.max(s, ...held.keys())
      return drain()
    },
    noteHead(s) {
      head = Math.max(head, s)
    },
    clear() {
      last = undefined
      head = 0
      held.clear()
    },
  }
}
