/** What an operation adds: the node for the replayer, and the part for the outline. */
import { HAS_SHADOW, IN_SHADOW, IS_MASKED, IS_SVG, type Op } from '../../shared/cobrowse/wire'
import { type BoxWords, boxNode, boxWord } from './boxes'
import { type BuiltNode, NODE } from './events'
import { BadBatchError, canHost, type Fresh } from './outline'

export type Adding = Extract<Op, [op: '+' | 't' | 'y' | 'b', ...rest: unknown[]]>

export interface Made {
  part: Fresh
  next: number
  node: BuiltNode
  /** The word in a box. */
  word?: BuiltNode
}

export const isAdding = (op: Op): op is Adding => '+tyb'.includes(op[0])

export function made(op: Adding, words: BoxWords): Made {
  switch (op[0]) {
    case '+':
      return element(op)
    case 't': {
      const [, id, parent, next, textContent, flags] = op
      const part = partOf(id, parent, flags, 'text')
      return { part, next, node: { type: NODE.text, id, textContent, ...placed(flags) } }
    }
    case 'y': {
      const [, id, parent, next, css, flags] = op
      const attributes = { _cssText: css }
      const node: BuiltNode = { type: NODE.element, id, tagName: 'style', attributes, childNodes: [], ...placed(flags) }
      return { part: partOf(id, parent, flags, 'style'), next, node }
    }
    case 'b': {
      const [, id, parent, next, width, height, label, flags] = op
      const node = { ...boxNode(id, width, height), ...placed(flags) }
      return { part: partOf(id, parent, flags, 'box'), next, node, word: boxWord(id, width, height, words[label]) }
    }
  }
}

function element([, id, parent, next, tag, attributes, flags]: Extract<Op, [op: '+', ...rest: unknown[]]>): Made {
  const isHost = Boolean(flags & HAS_SHADOW)
  if (isHost && !canHost(tag)) throw new BadBatchError(`${tag} cannot have a shadow root`)
  const node: BuiltNode = {
    type: NODE.element,
    id,
    tagName: tag,
    attributes: { ...attributes },
    childNodes: [],
    ...placed(flags),
    ...(flags & IS_SVG && { isSVG: true as const }),
    ...(isHost && { isShadowHost: true as const }),
  }
  return { part: { ...partOf(id, parent, flags, 'element'), tag }, next, node }
}

function partOf(id: number, parent: number, flags: number, kind: Fresh['kind']): Fresh {
  const masked = Boolean(flags & IS_MASKED)
  return { id, kind, tag: '', parent, shadow: Boolean(flags & IN_SHADOW), masked }
}

const placed = (flags: number) => (flags & IN_SHADOW ? { isShadow: true as const } : {})
