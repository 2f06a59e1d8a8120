import { expect, test } from 'vitest'
import { type Item, readPiece } from './items'
import { createReel, type Place } from './reel'

const item = (ms: number): Item => ({ ms, frame: { t: 'clear' } })
const PLACES: Place[] = [
  [0, 1],
  [1000, 0],
  [2000, 1],
  [3000, 0],
  [4000, 0],
]

function reelWith(numbers: number[]) {
  const asked: number[] = []
  const reel = createReel(PLACES, (number) => asked.push(number))
  for (const number of numbers) reel.put(number, [item(number * 1000), item(number * 1000 + 500)])
  return { reel, asked }
}
const times = (items: Item[]) => items.map(({ ms }) => ms)

test('what is due comes once and in order, and what follows is read ahead', () => {
  const { reel, asked } = reelWith([0, 1, 2])
  expect(asked).toEqual([0, 1, 2])
  expect(times(reel.due(1200))).toEqual([0, 500, 1000])
  expect(times(reel.due(1200))).toEqual([])
  expect(asked).toEqual([0, 1, 2, 3])
})

test('the clock waits for what is due and not there', () => {
  const { reel } = reelWith([])
  expect(reel.isWaiting(0)).toBe(true)
  reel.put(0, [item(0)])
  expect(reel.isWaiting(0)).toBe(false)
  reel.due(999)
  expect(reel.isWaiting(999)).toBe(false)
  expect(reel.isWaiting(1000)).toBe(true)
})

test('forward without a newer snapshot goes on from what is shown', () => {
  const { reel } = reelWith([0, 1, 2])
  reel.due(0)
  expect(reel.seek(0, 1500)).toBe(false)
  expect(times(reel.due(1500))).toEqual([500, 1000, 1500])
})

test('a later snapshot is jumped to, and what lies between is not read', () => {
  const { reel, asked } = reelWith([0])
  reel.due(0)
  expect(reel.seek(0, 3200)).toBe(true)
  expect(asked.slice(-2)).toEqual([3, 4])
  reel.put(2, [item(2000)])
  reel.put(3, [item(3000), item(3500)])
  expect(times(reel.due(3200))).toEqual([2000, 3000])
})

test('backwards begins at the last snapshot before, which is read again', () => {
  const { reel, asked } = reelWith([0, 1, 2])
  reel.due(2600)
  expect(reel.seek(2600, 1000)).toBe(true)
  expect(asked.filter((number) => number === 0)).toHaveLength(2)
})

test('a piece is read to its last item, and a torn one refused', () => {
  const words = new TextEncoder().encode('{"t":"clear"}')
  const data = new Uint8Array(4 + 9 + 3 + 9 + words.length)
  const view = new DataView(data.buffer)
  view.setUint32(0, 7)
  view.setUint32(4, 40)
  view.setUint8(8, 1)
  view.setUint32(9, 3)
  data.set([1, 2, 3], 13)
  view.setUint32(16, 50)
  view.setUint8(20, 2)
  view.setUint32(21, words.length)
  data.set(words, 25)
  const { number, items } = readPiece(data.buffer)
  expect(number).toBe(7)
  expect(times(items)).toEqual([40, 50])
  expect(items[0]?.frame).toEqual(new Uint8Array([1, 2, 3]).buffer)
  expect(items[1]?.frame).toEqual({ t: 'clear' })
  expect(() => readPiece(data.buffer.slice(0, -1))).toThrow(RangeError)
})
