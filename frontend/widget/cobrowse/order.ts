/** The most items of a list that can stay where they are when the others are moved: a longest rising run of their places. */
export function inPlace<T>(list: readonly T[], placeOf: (item: T) => number): T[] {
  const places = list.map(placeOf)
  if (places.every((place, at) => at === 0 || (places[at - 1] as number) < place)) return [...list]
  /** For each length the item that ends the lowest run of it, and for each item the one before it in its run. */
  const ends: number[] = []
  const before: number[] = []
  places.forEach((place, at) => {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((places[ends[middle] as number] as number) < place) low = middle + 1
      else high = middle
    }
    before[at] = low ? (ends[low - 1] as number) : -1
    ends[low] = at
  })
  const run: T[] = []
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] as number) run.push(list[at] as T)
  return run.reverse()
}
