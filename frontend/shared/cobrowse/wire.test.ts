import { expect, test } from 'vitest'
import { allowedOp } from './allowed'
import { CHANGES, decodeFrame, encodeFrame, IS_FIRST, IS_LAST, type Op, pack, SNAPSHOT, unpack } from './wire'

const noise = (length: number): string =>
  Array.from({ length }, (_, at) => String.fromCharCode(0x4e00 + ((at * 7919 + ((at * at) % 977)) % 20_000))).join('')

test('a frame says what it is in twelve bytes', async () => {
  const [payload] = await pack([['-', 7]])
  if (!payload) throw new Error('no payload')
  const frame = encodeFrame({ kind: SNAPSHOT, flags: IS_FIRST | IS_LAST, epoch: 3, s: 70_000 }, payload)
  expect([...frame.slice(0, 12)]).toEqual([1, 1, 3, 0, 0, 0, 0, 3, 0, 1, 17, 112])
  expect(decodeFrame(frame.buffer)).toMatchObject({ kind: SNAPSHOT, flags: 3, epoch: 3, s: 70_000, isPacked: false })
})

test('a batch is packed into payloads within the limits, each of which can be read by itself', async () => {
  const ops: Op[] = Array.from({ length: 400 }, (_, id): Op => ['t', id, 1, 0, noise(1000).slice(id), 0])
  const payloads = await pack(ops)
  const read: unknown[] = []
  for (const { bytes, isPacked } of payloads) {
    expect(bytes.length).toBeLessThanOrEqual(16_384)
    const frame = decodeFrame(encodeFrame({ kind: CHANGES, flags: 0, epoch: 1, s: 1 }, { bytes, isPacked }).buffer)
    if (!frame) throw new Error('no frame')
    read.push(...(await unpack(frame)))
  }
  expect(read).toEqual(ops)
})

test('a change that nobody would take is left out, and what is around it is not', async () => {
  const payloads = await pack([
    ['-', 1],
    ['y', 2, 1, 0, '愛'.repeat(16_384), 0],
    ['-', 3],
  ])
  const read: unknown[] = []
  for (const { bytes, isPacked } of payloads) read.push(...(await unpack({ payload: bytes, isPacked })))
  expect(read).toEqual([
    ['-', 1],
    ['-', 3],
  ])
})

test('what unpacks to more than 40 KiB is refused before it is there', async () => {
  const zeros = new Response(new Uint8Array(5_000_000)).body as ReadableStream<BufferSource>
  const bomb = new Response(zeros.pipeThrough(new CompressionStream('deflate-raw')))
  const payload = new Uint8Array(await bomb.arrayBuffer())
  await expect(unpack({ payload, isPacked: true })).rejects.toThrow(RangeError)
})

test.each([
  new ArrayBuffer(4),
  new Uint8Array([2, 1, 3, 0, 0, 0, 0, 1, 0, 0, 0, 1]).buffer,
  new Uint8Array([1, 9, 3, 0, 0, 0, 0, 1, 0, 0, 0, 1]).buffer,
])('what is no frame is not read', (data) => {
  expect(decodeFrame(data)).toBeNull()
})

test.each<[unknown, unknown]>([
  [['+', 2, 1, 0, 'script', {}, 0], null],
  [
    ['+', 2, 1, 0, 'a', { href: 'javascript:x', onclick: 'x', class: 'ok no-12345' }, 0],
    ['+', 2, 1, 0, 'a', { class: 'ok' }, 0],
  ],
  [
    ['+', 2, 1, 0, 'a', { href: '' }, 0],
    ['+', 2, 1, 0, 'a', { href: '' }, 0],
  ],
  [
    ['+', 2, 1, 0, 'circle', { fill: 'url(https://x.test)', r: '1' }, 2],
    ['+', 2, 1, 0, 'circle', { r: '1' }, 2],
  ],
  [
    ['+', 2, 1, 0, 'p', { style: 'top:0;background:url(//x.test)' }, 0],
    ['+', 2, 1, 0, 'p', { style: 'top:0;background:none;' }, 0],
  ],
  [
    ['t', 2, 1, 0, '4111 1111 1111 1111', 0],
    ['t', 2, 1, 0, '•••• •••• •••• ••••', 0],
  ],
  [['t', 2, 1, 0, 'x'.repeat(8193), 0], null],
  [
    ['y', 2, 1, 0, '@import "x";a{top:0}', 0],
    ['y', 2, 1, 0, 'a{top:0;}', 0],
  ],
  [
    ['@', 2, { srcdoc: 'x', hidden: '', class: null }],
    ['@', 2, { hidden: '', class: null }],
  ],
  [
    ['b', 2, 1, 0, 10, 10, 'frame', 0],
    ['b', 2, 1, 0, 10, 10, 'frame', 0],
  ],
  [['b', 2, 1, 0, 10, 10, '<b>', 0], null],
  [
    ['v', 2, 'DE89370400440532013000'],
    ['v', 2, '•'.repeat(22)],
  ],
  [['x', 2], null],
  [['-', -1], null],
  ['-', null],
  [
    ['@', 2, { class: 'md:flex w-1/2 2xl:bg-[#fff] -mt-2 customer-4711123 a@b.test http://x' }],
    ['@', 2, { class: 'md:flex w-1/2 2xl:bg-[#fff] -mt-2' }],
  ],
])('of %j passes what is allowed', (op, kept) => {
  expect(allowedOp(op)).toEqual(kept)
})
