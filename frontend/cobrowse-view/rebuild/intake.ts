/**
 * From binary frames to whole batches: in order, none twice, unpacked within the limits of the wire. What cannot be
 * read is said once, and everything is left aside until the next snapshot begins.
 */
import { isNext } from '../../shared/cobrowse/peer'
import { decodeFrame, IS_FIRST, IS_LAST, type MirrorFrame, SNAPSHOT, unpack } from '../../shared/cobrowse/wire'

/** The largest page that is mirrored makes 20,000 elements; ten times that in changes is no page. */
const BATCH_LIMIT = 200_000

export interface Batch {
  snapshot: boolean
  epoch: number
  ops: unknown[]
}

export interface Intake {
  take(data: ArrayBuffer): void
  /** By the direct line: only what is the very next; the relay brings the rest, and says what is missing. */
  takeNext(data: ArrayBuffer): void
  /** The number of the last frame that was taken: where to go on after a reconnect. */
  readonly s: number
  /** How many frames have come and are not worked off. */
  readonly behind: number
  /** Nothing but a new snapshot is taken from here. */
  waitForSnapshot(): void
}

export interface IntakeOptions {
  batch(batch: Batch): void
  /** The frame with this number has been worked off. */
  done(s: number): void
  /** Frames after this number are missing. */
  gap(from: number): void
  unreadable(reason: string): void
}

export function createIntake(options: IntakeOptions): Intake {
  let last = 0
  let worked = 0
  /** The number of the last snapshot that has begun. */
  let epoch = 0
  let waiting = true
  let open: Batch | undefined
  let work = Promise.resolve()

  function take(data: ArrayBuffer): void {
    const frame = decodeFrame(data)
    if (!frame) fail('a frame of another version')
    else if (frame.s === last + 1 || isNewer(frame)) queue(frame)
    else if (frame.s > last) options.gap(last)
  }

  /** A page that was loaded anew counts on from what the relay has, which may be less than came by the direct line. */
  function isNewer(frame: MirrorFrame): boolean {
    return begins(frame) && (frame.s > last || frame.epoch > epoch)
  }

  function queue(frame: MirrorFrame): void {
    if (begins(frame)) epoch = frame.epoch
    // What lies between was left out by the server, all of it older than this snapshot.
    worked += frame.s - last - 1
    last = frame.s
    // Unpacking is asynchronous; the order is not.
    work = work
      .then(() => read(frame))
      .catch((error: unknown) => fail(String(error)))
      .then(() => {
        worked += 1
        options.done(frame.s)
      })
  }

  async function read(frame: MirrorFrame): Promise<void> {
    if (begins(frame)) waiting = false
    if (!waiting) collect(frame, await unpack(frame))
  }

  function collect({ kind, flags, epoch }: MirrorFrame, ops: unknown[]): void {
    const snapshot = kind === SNAPSHOT
    if (flags & IS_FIRST) open = { snapshot, epoch, ops: [] }
    if (!open || open.epoch !== epoch || open.snapshot !== snapshot) throw new RangeError('a torn batch')
    if (open.ops.length + ops.length > BATCH_LIMIT) throw new RangeError('a batch without end')
    for (const op of ops) open.ops.push(op)
    if (!(flags & IS_LAST)) return
    const whole = open
    open = undefined
    options.batch(whole)
  }

  function fail(reason: string): void {
    open = undefined
    if (waiting) return
    waiting = true
    options.unreadable(reason)
  }

  return {
    take,
    takeNext(data) {
      const frame = decodeFrame(data)
      if (frame && isNext(frame, last) && frame.epoch === epoch) queue(frame)
    },
    get s() {
      return last
    },
    get behind() {
      return last - worked
    },
    waitForSnapshot() {
      waiting = true
      open = undefined
    },
  }
}

const begins = ({ kind, flags }: MirrorFrame): boolean => kind === SNAPSHOT && Boolean(flags & IS_FIRST)
