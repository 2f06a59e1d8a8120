import { expect, test } from 'vitest'
import { dayAt, everyDay, placeOf, pointsOf, scaleFor } from './chart'

const MEASURES = ['shown', 'solved', 'zero_hit', 'inserted'] as const
const day = (date: string, shown: number) => ({ day: date, shown, solved: 0, zero_hit: 0, inserted: 0 })

test('a day without a question is not left out, also where clocks change', () => {
  const days = everyDay([day('2026-10-24', 3), day('2026-10-27', 5)], MEASURES)
  expect(days.map((one) => [one.day, one.shown])).toEqual([
    ['2026-10-24', 3],
    ['2026-10-25', 0],
    ['2026-10-26', 0],
    ['2026-10-27', 5],
  ])
  expect(everyDay([], MEASURES)).toEqual([])
})

test.each([0, 1, 3, 7, 12, 99, 100, 101, 4999, 123_456])(
  'the scale for %i is of few, whole, rising numbers',
  (highest) => {
    const scale = scaleFor(highest)
    expect(scale[0]).toBe(0)
    expect(scale.at(-1)).toBeGreaterThanOrEqual(highest)
    expect(scale.length).toBeGreaterThan(1)
    expect(scale.length).toBeLessThanOrEqual(7)
    expect(scale.every(Number.isInteger)).toBe(true)
  },
)

test('the highest value is at the top, nothing at the bottom', () => {
  expect(pointsOf([day('2026-10-24', 0), day('2026-10-25', 10)], 'shown', 10)).toEqual([
    { x: 0, y: 100 },
    { x: 100, y: 0 },
  ])
})

test('the day under the pointer is the nearest one', () => {
  for (let index = 0; index < 30; index += 1) expect(dayAt(placeOf(index, 30), 30)).toBe(index)
  expect(dayAt(-5, 30)).toBe(0)
  expect(dayAt(140, 30)).toBe(29)
})
