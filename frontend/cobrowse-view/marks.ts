/** What is drawn over the page: where the customer points, where agents point, what was drawn and pointed out. */

import type { Point } from '../shared/cobrowse/wire'
import { createStore, type Store } from '../shared/store'

export interface Cursor {
  x: number
  y: number
  name: string
}

export interface Marks {
  customer: Cursor | null
  /** Lines in pixels of the customer's window, by their number. */
  strokes: ReadonlyMap<string, readonly Point[]>
  /** The number of the node that is pointed out. */
  highlight: number | null
}

const NONE: Marks = { customer: null, strokes: new Map(), highlight: null }
/** So many points of one line are kept: more than a person draws. */
const LONGEST_LINE = 4_000

export interface MarkStore {
  state: Store<Marks>
  customerAt(x: number, y: number): void
  draw(id: string, points: readonly Point[]): void
  highlight(node: number | null): void
  clear(): void
}

export function createMarks(): MarkStore {
  const state = createStore<Marks>(NONE)
  const change = (part: Partial<Marks>): void => state.update((marks) => ({ ...marks, ...part }))
  return {
    state,
    customerAt: (x, y) => change({ customer: { x, y, name: '' } }),
    draw(id, points) {
      const strokes = new Map(state.getSnapshot().strokes)
      strokes.set(id, [...(strokes.get(id) ?? []), ...points].slice(0, LONGEST_LINE))
      change({ strokes })
    },
    highlight: (highlight) => change({ highlight }),
    clear: () => change({ strokes: new Map(), highlight: null }),
  }
}
