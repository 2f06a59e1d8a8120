/** A day and time as the field for it writes them, in the reader's own zone. Pure but for the zone. */

/** "2026-11-26T09:00", as it is on the clock here. */
export function localMoment(at: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** The moment that it means, for the server; null when it is none or has gone by. */
export function futureMoment(local: string, now: Date): string | null {
  const at = new Date(local)
  return Number.isNaN(at.getTime()) || at <= now ? null : at.toISOString()
}

/** Tomorrow at nine: what people mean most often. */
export function nextMorning(now: Date): string {
  return localMoment(new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 9))
}

/** "Europe/Berlin": said beside the field, so that nobody has to guess. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}
