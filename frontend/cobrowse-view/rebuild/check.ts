/** What came over the wire is held against the allow-list again: the customer's page may be in other hands. */
import { allowedOp } from '../../shared/cobrowse/allowed'
import type { Op } from '../../shared/cobrowse/wire'
import { BadBatchError } from './outline'

/** The operation as far as it is allowed; raises BadBatchError for what is none. */
export function checkedOp(raw: unknown): Op {
  const op = allowedOp(raw)
  if (!op) throw new BadBatchError(`not allowed: ${JSON.stringify(raw)?.slice(0, 80)}`)
  return op
}
