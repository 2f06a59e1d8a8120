/** What the console and the two documents of a preview say to each other, by postMessage. */
import { IS_MASKED, type Op, type Rules } from '../shared/cobrowse/wire'

export type ToPage = { html: string; rules: Rules }
/** What belongs together; the first one is a snapshot, those after it are changes. */
export type Batch = { ops: Op[] }
export type ToAgents = { batches: Batch[] }
export type Ready = { ready: 'page' | 'agents' }
export type Passed = ToAgents & { counts: Counts }

/** Texts and fields that agents can read, those that they see as bullets, and regions that they see as boxes. */
export interface Counts {
  shown: number
  masked: number
  blocked: number
}

const FIELDS = new Set(['input', 'textarea', 'select'])

interface Known {
  parent: number
  isMasked: boolean
  counted: keyof Counts | null
}

/** What is there after these batches. */
export function countsOf(batches: readonly Batch[]): Counts {
  const known = new Map<number, Known>()
  for (const op of batches.flatMap(({ ops }) => ops)) note(known, op)
  const counts = { shown: 0, masked: 0, blocked: 0 }
  for (const { counted } of known.values()) if (counted) counts[counted] += 1
  return counts
}

function note(known: Map<number, Known>, op: Op): void {
  const of = (isMasked: boolean): keyof Counts => (isMasked ? 'masked' : 'shown')
  if (op[0] === '+') {
    const isMasked = (op[6] & IS_MASKED) !== 0
    known.set(op[1], { parent: op[2], isMasked, counted: FIELDS.has(op[4]) ? of(isMasked) : null })
  } else if (op[0] === 't') {
    const isMasked = known.get(op[2])?.isMasked ?? true
    known.set(op[1], { parent: op[2], isMasked, counted: op[4].trim() ? of(isMasked) : null })
  } else if (op[0] === 'b') {
    known.set(op[1], { parent: op[2], isMasked: true, counted: op[6] === 'blocked' ? 'blocked' : null })
  } else if (op[0] === '-') forget(known, op[1])
}

function forget(known: Map<number, Known>, id: number): void {
  known.delete(id)
  for (const [child, { parent }] of known) if (parent === id) forget(known, child)
}
