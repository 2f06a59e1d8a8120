/** Who an interaction may be handed to, the likeliest first. Pure. */
import type { Person, Presence } from '../api/types'

const ORDER: Record<Presence, number> = { available: 0, busy: 1, away: 2, offline: 3 }

export function isFull(person: Person): boolean {
  return person.load >= person.capacity
}

/** Those whose name holds `text`: who is there and has room first, whoever is away last. */
export function sortedPeople(people: Person[], text: string): Person[] {
  return named(people, text).sort(
    (a, b) =>
      ORDER[a.presence] - ORDER[b.presence] || Number(isFull(a)) - Number(isFull(b)) || a.name.localeCompare(b.name),
  )
}

export function named<T extends { name: string }>(all: T[], text: string): T[] {
  const wanted = text.trim().toLocaleLowerCase()
  return all.filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
}
