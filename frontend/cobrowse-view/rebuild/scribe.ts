/**
 * Writes mutation events. The replayer works one event off in a fixed order (what goes, what comes, texts, attributes);
 * a change that would come out of turn begins the next event, so that the order of the operations is kept.
 */
import { type Mutations, mutation, type ReplayEvent } from './events'

const ORDER = ['removes', 'adds', 'texts', 'attributes'] as const
type Part = (typeof ORDER)[number]

export interface Scribe {
  note<P extends Part>(part: P, change: Mutations[P][number]): void
  /** Any other event, in its turn. */
  say(event: ReplayEvent): void
  written(): ReplayEvent[]
}

export function createScribe(): Scribe {
  const events: ReplayEvent[] = []
  let open: Mutations | undefined
  let turn = 0

  function flush(): void {
    if (open) events.push(mutation(open))
    open = undefined
    turn = 0
  }

  function note<P extends Part>(part: P, change: Mutations[P][number]): void {
    const place = ORDER.indexOf(part)
    if (place < turn) flush()
    turn = place
    open ??= { removes: [], adds: [], texts: [], attributes: [] }
    ;(open[part] as Mutations[P][number][]).push(change)
  }

  return {
    note,
    say(event) {
      flush()
      events.push(event)
    },
    written() {
      flush()
      return events
    },
  }
}
