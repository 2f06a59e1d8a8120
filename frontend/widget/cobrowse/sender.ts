/** Batches on their way: packed off this thread, numbered, kept until the other side has them, and never too many at once. */
import {
  CHANGES,
  encodeFrame,
  IS_FIRST,
  IS_LAST,
  type Op,
  type Payload,
  pack,
  SNAPSHOT,
} from '../../shared/cobrowse/wire'
import type { Outlet } from './pass'

export interface Sender extends Outlet {
  /** Everything up to `s` has arrived. */
  ack(s: number): void
  /** The other side has everything up to `s`: goes on from there. False when that is not at hand any more. */
  resume(s: number): boolean
  /** Begins to count anew after `s`; what waits is dropped, so a snapshot has to follow. */
  restart(s: number): void
  /** The line can take frames again. */
  pump(): void
  /** Nothing that was meant to go out goes out. */
  clear(): void
  last(): number
}

interface Waiting extends Payload {
  kind: typeof SNAPSHOT | typeof CHANGES
  flags: number
  epoch: number
}

interface Kept {
  s: number
  weight: number
  frame: Uint8Array<ArrayBuffer>
}

/** More batches than this being packed means that the machine is busy. */
const MOST_PACKING = 3

/** `transmit` is false when there is no line; then it is tried again with the next `pump`. */
export function createSender(
  transmit: (frame: Uint8Array<ArrayBuffer>) => boolean,
  drained: () => void,
  maxUnacked = 262_144,
): Sender {
  let queue: Waiting[] = []
  let kept: Kept[] = []
  let unacked = 0
  let queued = 0
  let s = 0
  let packing = 0
  let order: Promise<void> = Promise.resolve()
  /** What was begun before this is not wanted any more. */
  let era = 0

  function submit(kind: Waiting['kind'], epoch: number, ops: Op[], isFirst: boolean, isLast: boolean): void {
    const mine = era
    packing++
    const packed = pack(ops)
    order = order.then(async () => {
      const payloads = await packed
      const wasFull = isFull()
      packing--
      // Whoever was told to wait may not wait for an acknowledgement that has come before.
      if (wasFull && !isFull()) drained()
      if (mine !== era) return
      payloads.forEach((payload, at) => {
        const flags = (isFirst && at === 0 ? IS_FIRST : 0) | (isLast && at === payloads.length - 1 ? IS_LAST : 0)
        queue.push({ ...payload, kind, epoch, flags })
        queued += payload.weight
      })
      pump()
    })
  }

  function pump(): void {
    while (queue.length) {
      const { bytes, isPacked, weight, ...header } = queue[0] as Waiting
      if (kept.length && unacked + weight > maxUnacked) return
      const frame = encodeFrame({ ...header, s: s + 1 }, { bytes, isPacked })
      if (!transmit(frame)) return
      queue.shift()
      queued -= weight
      kept.push({ s: ++s, weight, frame })
      unacked += weight
    }
  }

  const isFull = (): boolean => unacked + queued >= maxUnacked || packing > MOST_PACKING

  function dropUpTo(s: number): void {
    while (kept[0] && kept[0].s <= s) unacked -= (kept.shift() as Kept).weight
  }

  function ack(upTo: number): void {
    const wasFull = isFull()
    dropUpTo(upTo)
    pump()
    if (wasFull && !isFull()) drained()
  }

  function dropWaiting(): void {
    era++
    queue = []
    queued = 0
  }

  return {
    snapshot(epoch, ops, isFirst, isLast) {
      // A new picture makes everything before it needless.
      if (isFirst) dropWaiting()
      submit(SNAPSHOT, epoch, ops, isFirst, isLast)
    },
    changes: (epoch, ops) => submit(CHANGES, epoch, ops, true, true),
    isFull,
    ack,
    resume(from) {
      if (from > s || from < (kept[0]?.s ?? s + 1) - 1) return false
      dropUpTo(from)
      for (const { frame } of kept) if (!transmit(frame)) break
      pump()
      return true
    },
    restart(from) {
      dropWaiting()
      kept = []
      unacked = 0
      s = from
    },
    pump,
    clear() {
      dropWaiting()
      kept = []
      unacked = 0
    },
    last: () => s,
  }
}
