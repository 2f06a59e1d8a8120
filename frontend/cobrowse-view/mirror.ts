/**
 * The mirrored page: from binary frames to the frame on the stage. A batch is applied whole or not at all; when one
 * does not fit, what is shown stays and a snapshot is asked for, ever more patiently when that does not help.
 */
import type { Frame } from '../shared/cobrowse/wire'
import type { BoxWords } from './rebuild/boxes'
import { type Batch, createIntake } from './rebuild/intake'
import type { Part } from './rebuild/outline'
import { createStage, type Size, type Stage } from './rebuild/stage'
import { createTranslator } from './rebuild/translate'

export interface MirrorOptions {
  root: HTMLElement
  title: string
  words: BoxWords
  /** False when it can't be said now. */
  send(frame: Frame): boolean
  /** The customer's window has this size. */
  sized(size: Size): void
  /** A page is there, or what came did not fit and a new one has been asked for. */
  shown(state: 'whole' | 'mending'): void
}

export interface Mirror {
  readonly stage: Stage
  /** The number of the snapshot that is shown. */
  readonly epoch: number
  /** Frames that have come and are not shown yet. */
  readonly behind: number
  take(data: ArrayBuffer): void
  /** The same by the direct line. */
  takeNext(data: ArrayBuffer): void
  /** The line is there again: what was missed is asked for. Whoever has nothing yet is sent everything. */
  resume(): void
  part(id: number): Part | undefined
}

/** How far we are is of use to the server now and then; every frame would be a frame of ours. */
const ACK_EVERY_MS = 500
const PATIENCE_MS = [0, 1_000, 5_000, 15_000]
const FORGIVEN_AFTER_MS = 60_000
const ASK_AGAIN_MS = 1_000

export function createMirror({ root, title, words, send, sized, shown }: MirrorOptions): Mirror {
  const stage = createStage(root, title, sized)
  const translator = createTranslator(words)
  const intake = createIntake({ batch: apply, done: acknowledge, gap: ask, unreadable: mend })
  let epoch = 0
  let failures = 0
  let failedAt = 0
  let asked = -1
  let acknowledged = 0
  let isAckDue = false
  let askTimer: ReturnType<typeof setTimeout> | undefined
  let mendTimer: ReturnType<typeof setTimeout> | undefined

  function apply(batch: Batch): void {
    try {
      stage.apply(batch.snapshot ? translator.snapshot(batch.ops) : translator.changes(batch.ops))
      if (!batch.snapshot) return
      epoch = batch.epoch
      clearTimeout(mendTimer)
      shown('whole')
    } catch (error) {
      intake.waitForSnapshot()
      mend(String(error))
    }
  }

  function acknowledge(s: number): void {
    acknowledged = s
    if (isAckDue) return
    isAckDue = true
    setTimeout(() => {
      isAckDue = false
      send({ t: 'ack', s: acknowledged })
    }, ACK_EVERY_MS)
  }

  /** Every frame after a gap says that there is one; it is asked for once, and again while it does not come. */
  function ask(from: number): void {
    if (asked === from) return
    forget()
    if (!send({ t: 'resume', from })) return
    asked = from
    askTimer = setTimeout(() => {
      forget()
      if (intake.s === from) ask(from)
    }, ASK_AGAIN_MS)
  }

  function forget(): void {
    clearTimeout(askTimer)
    asked = -1
  }

  function mend(reason: string): void {
    console.info('co-browsing: a new snapshot is asked for:', reason)
    shown('mending')
    clearTimeout(mendTimer)
    const now = performance.now()
    if (now - failedAt > FORGIVEN_AFTER_MS) failures = 0
    failedAt = now
    mendTimer = setTimeout(() => send({ t: 'snapshot.request' }), PATIENCE_MS[Math.min(failures, 3)])
    failures += 1
  }

  return {
    stage,
    get epoch() {
      return epoch
    },
    get behind() {
      return intake.behind
    },
    take: intake.take,
    takeNext: intake.takeNext,
    resume() {
      forget()
      if (intake.s > 0) send({ t: 'resume', from: intake.s })
    },
    part: (id) => translator.outline.find(id),
  }
}
