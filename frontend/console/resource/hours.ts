/** Opening hours as the form edits them: several stretches for each weekday. Pure. */

export type Frame = [string, string]
export type Hours = Record<string, Frame[]>

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

const FIRST: Frame = ['09:00', '17:00']
const LAST_MINUTE = 24 * 60

export function hoursOf(value: unknown): Hours {
  return value !== null && typeof value === 'object' ? (value as Hours) : {}
}

export function withFrames(hours: Hours, day: Day, frames: Frame[]): Hours {
  const { [day]: _before, ...others } = hours
  return frames.length > 0 ? { ...others, [day]: frames } : others
}

/** One more stretch: an hour after the last one ends, four hours long where there is room. */
export function withAnother(frames: Frame[]): Frame[] {
  const last = frames.at(-1)
  if (!last) return [FIRST]
  const start = Math.min(LAST_MINUTE - 60, minutes(last[1]) + 60)
  return [...frames, [clock(start), clock(Math.min(LAST_MINUTE, start + 240))]]
}

/** The same hours on Monday to Friday as on this day. */
export function copiedToWorkdays(hours: Hours, day: Day): Hours {
  const frames = hours[day] ?? []
  return DAYS.slice(0, 5).reduce(
    (all, other) =>
      withFrames(
        all,
        other,
        frames.map(([from, to]): Frame => [from, to]),
      ),
    hours,
  )
}

/** Places of the stretches that can't be: no times, an end before the beginning, or two that overlap. */
export function wrongFrames(frames: Frame[]): Set<number> {
  const wrong = new Set<number>()
  frames.forEach(([from, to], index) => {
    if (!isTime(from) || !isTime(to) || minutes(from) >= minutes(to)) wrong.add(index)
    frames.slice(0, index).forEach(([start, end], other) => {
      if (!wrong.has(other) && minutes(from) < minutes(end) && minutes(start) < minutes(to)) wrong.add(index)
    })
  })
  return wrong
}

/** Whether all hours of the week can be. */
export function areHoursRight(hours: Hours): boolean {
  return Object.values(hours).every((frames) => wrongFrames(frames).size === 0)
}

function isTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text)
}

function minutes(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number)
  return hour * 60 + minute
}

function clock(total: number): string {
  return `${String(Math.floor(total / 60)).padStart(2, '0')}:${String(total % 60).padStart(2, '0')}`
}
