/** Days as a picture. Pure: numbers in, places in percent out. */
/** One day on the calendar of the centre, and how often what happened. */
export type Counted<M extends string> = { day: string } & Record<M, number>

const DAY_MS = 86_400_000
const STEPS = [1, 2, 5, 10, 20]
const MOST_LINES = 5

/** Every day between the first and the last: one on which nothing happened is not left out. */
export function everyDay<M extends string>(series: Counted<M>[], measures: readonly M[]): Counted<M>[] {
  const [first, last] = [series[0], series.at(-1)]
  if (!first || !last) return []
  const known = new Map(series.map((day) => [day.day, day]))
  const count = Math.round((Date.parse(last.day) - Date.parse(first.day)) / DAY_MS) + 1
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.parse(first.day) + index * DAY_MS).toISOString().slice(0, 10)
    return known.get(day) ?? ({ day, ...Object.fromEntries(measures.map((one) => [one, 0])) } as Counted<M>)
  })
}

/** Round numbers for the lines of the scale, from 0 to at least the highest. */
export function scaleFor(highest: number): number[] {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, highest))) / 10
  const step = Math.max(1, STEPS.map((part) => part * size).find((one) => highest / one <= MOST_LINES) ?? highest)
  const lines = Math.max(1, Math.ceil(highest / step))
  return Array.from({ length: lines + 1 }, (_, index) => index * step)
}

/** The points of a line, in percent of the picture: the first day left, 0 at the bottom. */
export function pointsOf<M extends string>(days: Counted<M>[], measure: M, top: number): { x: number; y: number }[] {
  return days.map((day, index) => ({ x: placeOf(index, days.length), y: 100 - (day[measure] / top) * 100 }))
}

export function placeOf(index: number, count: number): number {
  return count < 2 ? 50 : (index / (count - 1)) * 100
}

/** The day that is nearest to a place. */
export function dayAt(place: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.round((place / 100) * (count - 1))))
}
