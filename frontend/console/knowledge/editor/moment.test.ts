import { expect, test } from 'vitest'
import { futureMoment, localMoment, nextMorning } from './moment'

const now = new Date(2026, 10, 26, 15, 30)

test('a moment of the own clock goes to the server and comes back the same', () => {
  const sent = futureMoment('2026-12-01T09:05', now)
  expect(localMoment(new Date(sent ?? ''))).toBe('2026-12-01T09:05')
})

test.each(['2026-11-26T15:30', '2020-01-01T00:00', '', 'soon'])('%j is no time in the future', (local) => {
  expect(futureMoment(local, now)).toBeNull()
})

test('tomorrow at nine, also over the end of a month', () => {
  expect(nextMorning(now)).toBe('2026-11-27T09:00')
  expect(nextMorning(new Date(2026, 10, 30, 23))).toBe('2026-12-01T09:00')
})
