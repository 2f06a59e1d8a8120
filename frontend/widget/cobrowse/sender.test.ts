import { expect, test } from 'vitest'
import {
  CHANGES,
  decodeFrame,
  IS_FIRST,
  IS_LAST,
  type MirrorFrame,
  type Op,
  SNAPSHOT,
  unpack,
} from '../../shared/cobrowse/wire'
import { createSender } from './sender'

const text = (id: number, words = 'x'): Op => ['t', id, 1, 0, words, 0]
const noise = (length: number): string =>
  Array.from({ length }, () => String.fromCharCode(0x4e00 + Math.floor(Math.random() * 20_000))).join('')

function line(limit?: number) {
  const frames: MirrorFrame[] = []
  const state = { isUp: true, drained: 0 }
  const sender = createSender(
    (frame) => {
      if (state.isUp) frames.push(decodeFrame(frame.buffer) as MirrorFrame)
      return state.isUp
    },
    () => state.drained++,
    limit,
  )
  const settled = async (count: number): Promise<void> => {
    for (let tries = 0; frames.length < count && tries < 500; tries++) await new Promise((go) => setTimeout(go, 2))
  }
  return { sender, frames, state, settled }
}

test('batches keep their order and are numbered without a gap', async () => {
  const { sender, frames, settled } = line()
  sender.restart(70)
  sender.snapshot(1, [text(1, noise(8000)), text(2, noise(8000))], true, false)
  sender.snapshot(1, [text(3)], false, true)
  sender.changes(1, [text(4)])
  await settled(4)
  expect(frames.map(({ s }) => s)).toEqual([71, 72, 73, 74])
  expect(frames.map(({ kind }) => kind)).toEqual([SNAPSHOT, SNAPSHOT, SNAPSHOT, CHANGES])
  expect(frames.map(({ flags }) => flags)).toEqual([IS_FIRST, 0, IS_LAST, IS_FIRST | IS_LAST])
})

test('what unpacks to much counts as much', async () => {
  const { sender, frames, settled } = line(41_000)
  for (let id = 0; id < 10; id++) sender.changes(1, [text(id, 'x'.repeat(16_000))])
  await settled(99)
  expect(frames).toHaveLength(5)
  expect(frames[4]?.payload.length).toBeLessThan(100)
})

test('what was not acknowledged never grows above the limit', async () => {
  const { sender, frames, state, settled } = line(2000)
  for (let id = 0; id < 10; id++) sender.changes(1, [text(id, noise(100))])
  await settled(99)
  const sent = (): number => frames.reduce((sum, { payload }) => sum + payload.length + 12, 0)
  expect(sent()).toBeLessThanOrEqual(2000)
  expect(sender.isFull()).toBe(true)
  for (let before = 0; before < frames.length; ) {
    before = frames.length
    sender.ack(frames.length)
  }
  expect(frames).toHaveLength(10)
  expect(sender.isFull()).toBe(false)
  expect(state.drained).toBe(1)
})

test('after a break only what the other side has not got goes again, and what waited follows', async () => {
  const { sender, frames, state, settled } = line()
  for (let id = 1; id <= 3; id++) sender.changes(1, [text(id)])
  await settled(3)
  state.isUp = false
  sender.changes(1, [text(4)])
  await new Promise((go) => setTimeout(go, 30))
  state.isUp = true
  expect(sender.resume(1)).toBe(true)
  expect(frames.slice(3).map(({ s }) => s)).toEqual([2, 3, 4])
})

test('a place that is not at hand any more needs a new snapshot', async () => {
  const { sender, settled } = line()
  for (let id = 1; id <= 3; id++) sender.changes(1, [text(id)])
  await settled(3)
  sender.ack(2)
  expect(sender.resume(1)).toBe(false)
  expect(sender.resume(9)).toBe(false)
  expect(sender.resume(2)).toBe(true)
})

test('a new snapshot takes the place of everything that still waits', async () => {
  const { sender, frames, state, settled } = line()
  state.isUp = false
  sender.changes(1, [text(1)])
  sender.snapshot(2, [text(2)], true, true)
  await new Promise((go) => setTimeout(go, 30))
  state.isUp = true
  sender.pump()
  await settled(1)
  expect(frames.map(({ epoch, s }) => [epoch, s])).toEqual([[2, 1]])
  expect(await unpack(frames[0] as MirrorFrame)).toEqual([text(2)])
})

test('a snapshot that ends without a word says that it has ended', async () => {
  const { sender, frames, settled } = line()
  sender.snapshot(1, [text(1)], true, false)
  sender.snapshot(1, [], false, true)
  await settled(2)
  expect(frames.map(({ flags }) => flags)).toEqual([IS_FIRST, IS_LAST])
})

test('whoever waits for a busy machine hears when it is no longer busy', async () => {
  const { sender, state, settled } = line()
  for (let batch = 1; batch <= 4; batch++) sender.changes(1, [text(batch)])
  expect(sender.isFull()).toBe(true)
  await settled(4)
  expect(sender.isFull()).toBe(false)
  expect(state.drained).toBe(1)
})
