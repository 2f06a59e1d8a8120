/** The pasted page: put in the place of this document, and passed as a customer's page would be. */
import type { Op } from '../shared/cobrowse/wire'
import { createPass, type Pass } from '../widget/cobrowse/pass'
import { type Batch, countsOf, type Passed, type ToPage } from './wire'

/** What would load, lead away or do something; the policy of this document would let none of it, and complain. */
const NOT_NEEDED = 'script, link, meta, base, iframe, frame, object, embed, portal'

export function showPage(tell: (passed: Passed) => void): (message: ToPage) => void {
  let pass: Pass | undefined
  return ({ html, rules }) => {
    pass?.stop()
    put(html)
    let whole: Op[] = []
    let batches: Batch[] = []
    const passOn = (next: Batch[]): void => {
      batches = next
      tell({ batches, counts: countsOf(batches) })
    }
    const outlet = {
      snapshot(_epoch: number, ops: Op[], isFirst: boolean, isLast: boolean): void {
        whole = isFirst ? ops : [...whole, ...ops]
        if (isLast) passOn([{ ops: whole }])
      },
      changes: (_epoch: number, ops: Op[]): void => passOn([...batches, { ops }]),
      isFull: () => false,
    }
    pass = createPass({ rules, outlet, epoch: 0, salt: '', isOwnSheet: () => false })
    pass.start()
  }
}

function put(html: string): void {
  const pasted = new DOMParser().parseFromString(html, 'text/html')
  for (const one of pasted.querySelectorAll(NOT_NEEDED)) one.remove()
  document.replaceChild(document.adoptNode(pasted.documentElement), document.documentElement)
}
