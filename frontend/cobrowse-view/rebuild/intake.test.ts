import { expect, test } from 'vitest'
import { CHANGES, encodeFrame, IS_FIRST, IS_LAST, type Op, pack, SNAPSHOT } from '../../shared/cobrowse/wire'
import { type Batch, createIntake } from './intake'

interface Sent {
  s: number
  kind?: typeof SNAPSHOT | typeof CHANGES
  flags?: number
  epoch?: number
  ops?: Op[]
}

async function frame({ s, kind = CHANGES, flags = IS_FIRST | IS_LAST, epoch = 1, ops = [['-', s]] }: Sent) {
  const [payload] = await pack(ops)
  if (!payload) throw new Error('nothing to send')
  return encodeFrame({ kind, flags, epoch, s }, payload).buffer
}

function listening() {
  const heard = { batches: [] as Batch[], done: [] as number[], gaps: [] as number[], unreadable: [] as string[] }
  const intake = createIntake({
    batch: (batch) => heard.batches.push(batch),
    done: (s) => heard.done.push(s),
    gap: (from) => heard.gaps.push(from),
    unreadable: (reason) => heard.unreadable.push(reason),
  })
  return { intake, heard }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20))
const START = { s: 1, kind: SNAPSHOT } as const

test('frames become whole batches in order, packed or not', async () => {
  const { intake, heard } = listening()
  const many = Array.from({ length: 200 }, (_, n): Op => ['=', n, 'word '.repeat(20)])
  intake.take(await frame({ ...START, flags: IS_FIRST }))
  intake.take(await frame({ s: 2, kind: SNAPSHOT, flags: IS_LAST, ops: many }))
  intake.take(await frame({ s: 3 }))
  await expect.poll(() => heard.done).toEqual([1, 2, 3])
  expect(heard.batches.map(({ snapshot, ops }) => [snapshot, ops.length])).toEqual([
    [true, 201],
    [false, 1],
  ])
  expect(intake.behind).toBe(0)
})

test('a frame that comes twice counts once, and a missing one is asked for', async () => {
  const { intake, heard } = listening()
  intake.take(await frame(START))
  intake.take(await frame({ s: 2 }))
  intake.take(await frame({ s: 2 }))
  intake.take(await frame({ s: 4 }))
  await expect.poll(() => heard.batches).toHaveLength(2)
  expect(heard.gaps).toEqual([2])
  intake.take(await frame({ s: 3 }))
  await expect.poll(() => heard.batches).toHaveLength(3)
})

test('of the direct line only the very next frame counts, and what then comes by the relay is not taken twice', async () => {
  const { intake, heard } = listening()
  intake.take(await frame(START))
  intake.takeNext(await frame({ s: 3 }))
  intake.takeNext(await frame({ s: 2 }))
  intake.take(await frame({ s: 2 }))
  intake.take(await frame({ s: 3 }))
  await expect.poll(() => heard.done).toEqual([1, 2, 3])
  expect(heard.gaps).toEqual([])
  expect(heard.batches).toHaveLength(3)
})

test('a new page may count on from less than has come by the direct line, and what was said twice stays old', async () => {
  const { intake, heard } = listening()
  intake.take(await frame(START))
  for (const s of [2, 3, 4]) intake.takeNext(await frame({ s }))
  intake.take(await frame(START))
  intake.takeNext(await frame({ s: 5, epoch: 2 }))
  intake.take(await frame({ ...START, s: 2, epoch: 2 }))
  intake.take(await frame({ s: 3, epoch: 2 }))
  await expect.poll(() => heard.done).toEqual([1, 2, 3, 4, 2, 3])
  expect(heard.batches.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1, 2, 2])
  expect(heard.gaps).toEqual([])
  expect(intake.behind).toBe(0)
})

test('a snapshot may come after a gap, for it needs nothing of what was before', async () => {
  const { intake, heard } = listening()
  intake.take(await frame(START))
  intake.take(await frame({ s: 40, kind: SNAPSHOT, epoch: 2 }))
  await expect.poll(() => heard.batches).toHaveLength(2)
  expect(heard.gaps).toEqual([])
  expect(intake.behind).toBe(0)
})

test('changes without their snapshot are left aside', async () => {
  const { intake, heard } = listening()
  intake.take(await frame({ s: 1 }))
  await expect.poll(() => heard.done).toEqual([1])
  expect(heard.batches).toEqual([])
})

test('what cannot be read is said once, and a new snapshot mends it', async () => {
  const { intake, heard } = listening()
  intake.take(await frame(START))
  const broken = encodeFrame(
    { kind: CHANGES, flags: IS_FIRST | IS_LAST, epoch: 1, s: 2 },
    { bytes: new TextEncoder().encode('{"o":7}') as Uint8Array<ArrayBuffer>, isPacked: false },
  )
  intake.take(broken.buffer)
  intake.take(await frame({ s: 3 }))
  intake.take(await frame({ s: 4, kind: SNAPSHOT, epoch: 2 }))
  await expect.poll(() => heard.done).toEqual([1, 2, 3, 4])
  expect(heard.unreadable).toHaveLength(1)
  expect(heard.batches).toHaveLength(2)
})

test('a torn batch is not taken for a whole one', async () => {
  const { intake, heard } = listening()
  intake.take(await frame(START))
  intake.take(await frame({ s: 2, flags: IS_LAST }))
  await settled()
  expect(heard.batches).toHaveLength(1)
  expect(heard.unreadable).toHaveLength(1)
})
