/** What the console and the two documents of a preview say to each other, by postMessage. */
import { IS_MASKED, type Op, type Rules } from '../shared/cobrowse/wire'

export type ToPage = { html: string; rules: Rules }
export type ToAgents = { ops: Op[] }
export type Ready = { ready: 'page' | 'agents' }
export type Passed = ToAgents & { counts: Counts }

/** Texts and fields that agents can read, those that they see as bullets, and regions that they see as boxes. */
export interface Counts {
  shown: number
  masked: number
  blocked: number
}

const FIELDS = new Set(['input', 'textarea', 'select'])

export function countsOf(ops: readonly Op[]): Counts {
  const masked = new Map<number, boolean>()
  const counts = { shown: 0, masked: 0, blocked: 0 }
  const count = (isMasked: boolean): void => {
    counts[isMasked ? 'masked' : 'shown'] += 1
  }
  for (const op of ops) {
    if (op[0] === '+') {
      const isMasked = (op[6] & IS_MASKED) !== 0
      masked.set(op[1], isMasked)
      if (FIELDS.has(op[4])) count(isMasked)
    } else if (op[0] === 't' && op[4].trim()) count(masked.get(op[2]) ?? true)
    else if (op[0] === 'b' && op[6] === 'blocked') counts.blocked += 1
  }
  return counts
}
