import { expect, test } from 'vitest'
import type { Offer } from '../live/center'
import { rowWith } from '../testing/builders'
import { GUARD_MS, OfferGuard } from './guard'

const offer = (id: string, revoked: string | null = null): Offer => ({
  id,
  c: `c-${id}`,
  row: rowWith({ id: `c-${id}` }),
  expiresAt: 20_000,
  seconds: 20,
  revoked,
})

test('a key right after a card appeared answers nothing and takes nothing', () => {
  const guard = new OfferGuard()
  guard.see([offer('1')], 1_000)
  expect(guard.answerable(1_000 + GUARD_MS - 1)).toBeNull()
  expect(guard.mayTake(1_000 + GUARD_MS - 1)).toBe(false)
  expect(guard.answerable(1_000 + GUARD_MS)).toBe('1')
})

test('a card that has just become the first is guarded anew', () => {
  const guard = new OfferGuard()
  guard.see([offer('1'), offer('2')], 0)
  guard.see([offer('1', 'taken'), offer('2')], 5_000)
  expect(guard.answerable(5_100)).toBeNull()
  expect(guard.shutFor('2', 5_100)).toBe(GUARD_MS - 100)
  expect(guard.answerable(5_000 + GUARD_MS)).toBe('2')
})

test('another card behind the first does not shut the first again', () => {
  const guard = new OfferGuard()
  guard.see([offer('1')], 0)
  guard.see([offer('1'), offer('2')], 2_000)
  expect(guard.answerable(2_001)).toBe('1')
})

test('right after a card went away nothing is taken by its key', () => {
  const guard = new OfferGuard()
  expect(guard.mayTake(0)).toBe(true)
  guard.see([offer('1')], 0)
  guard.see([offer('1', 'lapsed')], 20_000)
  expect(guard.mayTake(20_800)).toBe(false)
  guard.see([], 23_500)
  expect(guard.mayTake(23_500)).toBe(true)
})
