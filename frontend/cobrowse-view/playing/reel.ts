/**
 * Where in a recording we are, and what comes next. Pieces are read ahead, and forgotten once they were shown: whoever
 * goes back reads them again, and that is written down again.
 */
import type { Item } from './items'

/** When a piece begins, and whether with a snapshot. */
export type Place = readonly [ms: number, beginsSnapshot: 0 | 1]

export interface Reel {
  /** All that is due by this moment, in order; what is not there yet is asked for. */
  due(ms: number): Item[]
  /** Whether something that is due by this moment is not there yet. */
  isWaiting(ms: number): boolean
  put(number: number, items: Item[]): void
  /** Go on from here. True when what is shown has to be built anew. */
  seek(from: number, to: number): boolean
}

const AHEAD = 3

export function createReel(places: readonly Place[], ask: (number: number) => void): Reel {
  const known = new Map<number, Item[]>()
  const asked = new Set<number>()
  let piece = 0
  let item = 0

  function readAhead(): void {
    for (let number = piece; number < Math.min(piece + AHEAD, places.length); number++) {
      if (asked.has(number)) continue
      asked.add(number)
      ask(number)
    }
  }

  function forget(number: number): void {
    known.delete(number)
    asked.delete(number)
  }

  /** The last snapshot by this moment, from which the page can be built. */
  const snapshotBy = (ms: number): number =>
    Math.max(
      0,
      places.findLastIndex(([at, begins]) => begins === 1 && at <= ms),
    )

  readAhead()
  return {
    due(ms) {
      const found: Item[] = []
      for (let items = known.get(piece); items; items = known.get(piece)) {
        while (item < items.length && (items[item] as Item).ms <= ms) found.push(items[item++] as Item)
        if (item < items.length) break
        forget(piece)
        piece += 1
        item = 0
      }
      readAhead()
      return found
    },
    isWaiting: (ms) => piece < places.length && !known.has(piece) && (places[piece]?.[0] ?? 0) <= ms,
    put(number, items) {
      if (asked.has(number)) known.set(number, items)
    },
    seek(from, to) {
      const start = snapshotBy(to)
      if (to >= from && start <= piece) return false
      for (const number of [...asked]) if (number < start || number >= start + AHEAD) forget(number)
      piece = start
      item = 0
      readAhead()
      return true
    },
  }
}
