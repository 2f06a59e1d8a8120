/**
 * What the mirrored page consists of, kept beside its DOM: a batch is judged here as a whole before any of it is
 * applied, and remote control asks here what an id is.
 */
import { DEPTH_LIMIT, ELEMENT_LIMIT } from '../../shared/cobrowse/allowed'

import { DOCUMENT_ID } from '../../shared/cobrowse/wire'

/** Texts and sheets are many more than elements; beyond this a page is no page but an attack on memory. */
const PARTS_LIMIT = ELEMENT_LIMIT * 4

/** Only these can have a shadow root; for others the browser would refuse in the middle of a batch. */
const HOSTS = /^(article|aside|blockquote|body|div|footer|h[1-6]|header|main|nav|p|section|span)$/

export const canHost = (tag: string): boolean => HOSTS.test(tag)

export type Kind = 'document' | 'element' | 'text' | 'style' | 'box'

export interface Part {
  readonly id: number
  readonly kind: Kind
  readonly tag: string
  readonly parent: number
  /** A child of its parent's shadow root. */
  readonly shadow: boolean
  /** Its content is masked: no remote input. */
  readonly masked: boolean
  readonly children: Set<number>
  readonly depth: number
}

/** A part that has no place yet. */
export type Fresh = Omit<Part, 'children' | 'depth'>

export interface Removal {
  id: number
  parent: number
  shadow: boolean
}

/** A batch that does not fit what is known: nothing of it may be applied. */
export class BadBatchError extends Error {}

export interface Outline {
  find(id: number): Part | undefined
  /** Raises BadBatchError when there is no such part, or it is of another kind. */
  part(id: number, ...kinds: Kind[]): Part
  /** Raises BadBatchError when it has no place. `next` 0 = last. */
  add(part: Fresh, next: number): void
  /** All that must be taken from the DOM by name, in this order, so that nothing of it stays known. */
  remove(id: number): Removal[]
  readonly size: number
}

export function createOutline(): Outline {
  const parts = new Map<number, Part>()
  parts.set(DOCUMENT_ID, {
    id: DOCUMENT_ID,
    kind: 'document',
    tag: '',
    parent: 0,
    shadow: false,
    masked: false,
    children: new Set(),
    depth: 0,
  })

  function part(id: number, ...kinds: Kind[]): Part {
    const found = parts.get(id)
    if (!found) throw new BadBatchError(`nothing has the number ${id}`)
    if (kinds.length > 0 && !kinds.includes(found.kind)) throw new BadBatchError(`${id} is a ${found.kind}`)
    return found
  }

  function add(made: Fresh, next: number): void {
    if (parts.has(made.id)) throw new BadBatchError(`${made.id} is there already`)
    if (parts.size >= PARTS_LIMIT) throw new BadBatchError('the page is too large')
    const parent = part(made.parent, 'document', 'element')
    if ((parent.kind === 'document') !== (made.tag === 'html')) throw new BadBatchError(`${made.id} has no such place`)
    if (made.shadow && !canHost(parent.tag)) throw new BadBatchError(`${parent.tag} cannot have a shadow root`)
    if (next !== 0) {
      const before = part(next)
      if (before.parent !== made.parent || before.shadow !== made.shadow) {
        throw new BadBatchError(`${next} is no sibling of ${made.id}`)
      }
    }
    if (parent.depth > DEPTH_LIMIT) throw new BadBatchError('the page is too deep')
    parent.children.add(made.id)
    parts.set(made.id, { ...made, children: new Set(), depth: parent.depth + 1 })
  }

  /** The replayer forgets what is below a node, but does not look into shadow roots: those are emptied first. */
  function remove(id: number): Removal[] {
    const top = part(id, 'element', 'text', 'style', 'box')
    parts.get(top.parent)?.children.delete(id)
    const gone: Part[] = [top]
    for (const one of gone) for (const child of one.children) gone.push(part(child))
    for (const one of gone) parts.delete(one.id)
    const hidden = gone.slice(1).filter((one) => one.shadow)
    return [...hidden.reverse(), top].map(({ id, parent, shadow }) => ({ id, parent, shadow }))
  }

  return {
    find: (id) => parts.get(id),
    part,
    add,
    remove,
    get size() {
      return parts.size
    },
  }
}
