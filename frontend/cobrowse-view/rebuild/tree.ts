/** The tree of a snapshot, grown from its operations. */
import { DOCUMENT_ID } from '../../shared/cobrowse/wire'
import type { Made } from './build'
import { type BuiltNode, NODE } from './events'
import { BadBatchError } from './outline'

export interface Tree {
  grow(made: Made): void
  /** The document; raises BadBatchError when there is no page in it. */
  root(): BuiltNode
}

export function createTree(): Tree {
  const root: BuiltNode = { type: NODE.document, id: DOCUMENT_ID, childNodes: [] }
  const nodes = new Map<number, BuiltNode>([[DOCUMENT_ID, root]])

  return {
    grow({ part, next, node, word }) {
      const parent = nodes.get(part.parent) ?? root
      if (part.shadow) parent.isShadowHost = true
      parent.childNodes ??= []
      const siblings = parent.childNodes
      const place = next === 0 ? siblings.length : siblings.findIndex(({ id }) => id === next)
      siblings.splice(place, 0, node)
      if (word) node.childNodes?.push(word)
      nodes.set(part.id, node)
    },
    root() {
      if (root.childNodes?.length !== 1) throw new BadBatchError('a snapshot has one page')
      return root
    },
  }
}
