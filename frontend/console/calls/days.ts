/** A time of that day on any clock of a reader: a bare date would be midnight in Greenwich. */
export function noonOf(day: string | undefined): string {
  return `${day}T12:00`
}
