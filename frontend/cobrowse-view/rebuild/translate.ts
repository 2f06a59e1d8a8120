/**
 * From the operations of the wire to events of the replayer. Each operation is judged by the allow-list and by what is
 * known of the page; a batch with one that does not fit raises BadBatchError and leaves nothing to be applied.
 */
import { filterSheet } from '../../shared/cobrowse/css'
import { hideNumbers } from '../../shared/cobrowse/text'
import { DOCUMENT_ID, type Op } from '../../shared/cobrowse/wire'
import type { BoxWords } from './boxes'
import { isAdding, type Made, made } from './build'
import { checkedOp } from './check'
import { custom, fullSnapshot, type ReplayEvent, resize, scroll, value } from './events'
import { BadBatchError, createOutline, type Outline } from './outline'
import { createScribe, type Scribe } from './scribe'
import { createTree } from './tree'

export interface Translator {
  readonly outline: Outline
  snapshot(ops: readonly unknown[]): ReplayEvent[]
  /** Raises BadBatchError also after a batch that did not fit: only a snapshot mends that. */
  changes(ops: readonly unknown[]): ReplayEvent[]
}

export function createTranslator(words: BoxWords): Translator {
  let outline = createOutline()
  let broken = true

  /** What goes wrong half-way leaves the outline beside the DOM. */
  function whole(work: () => ReplayEvent[]): ReplayEvent[] {
    broken = true
    const events = work()
    broken = false
    return events
  }

  function snapshot(ops: readonly unknown[]): ReplayEvent[] {
    outline = createOutline()
    const tree = createTree()
    const scribe = createScribe()
    let growing = true
    for (const op of ops.map(checkedOp)) {
      growing &&= !'-=@'.includes(op[0]) && !isBehindBody(op)
      if (growing && isAdding(op)) {
        const one = made(op, words)
        outline.add(one.part, one.next)
        tree.grow(one)
      } else write(op, scribe)
    }
    return [fullSnapshot(tree.root()), ...scribe.written()]
  }

  /** In a full snapshot the replayer moves the body to the end: sheets behind it would come before those in it. */
  function isBehindBody(op: Op): boolean {
    return isAdding(op) && op[0] !== '+' && outline.find(op[2])?.tag === 'html'
  }

  function changes(ops: readonly unknown[]): ReplayEvent[] {
    const scribe = createScribe()
    for (const op of ops.map(checkedOp)) write(op, scribe)
    return scribe.written()
  }

  function write(op: Op, scribe: Scribe): void {
    if (isAdding(op)) add(made(op, words), scribe)
    else if (op[0] === '-') remove(op[1], scribe)
    else if (op[0] === '=') rewrite(op[1], op[2], scribe)
    else if (op[0] === '@') {
      outline.part(op[1], 'element')
      scribe.note('attributes', { id: op[1], attributes: { ...op[2] } })
    } else {
      const event = state(op)
      if (event) scribe.say(event)
    }
  }

  /** What is no part of the tree: values, scrolling, the window. */
  function state(
    op: Exclude<Op, [op: '+' | 't' | 'y' | 'b' | '-' | '=' | '@', ...rest: unknown[]]>,
  ): ReplayEvent | null {
    switch (op[0]) {
      case 'w':
        return resize(op[1], op[2])
      case 'p':
        return null
      case 's':
        if (op[1] === DOCUMENT_ID) return custom('window', { x: op[2], y: op[3] })
        return scroll(outline.part(op[1], 'element').id, op[2], op[3])
      case 'v':
        return value(outline.part(op[1], 'element').id, op[2])
      default:
        return custom(op[0] === 'k' ? 'checked' : 'selected', { id: outline.part(op[1], 'element').id, to: op[2] })
    }
  }

  function add({ part, next, node, word }: Made, scribe: Scribe): void {
    outline.add(part, next)
    scribe.note('adds', { parentId: part.parent, nextId: next || null, node })
    if (word) scribe.note('adds', { parentId: part.id, nextId: null, node: word })
  }

  function remove(id: number, scribe: Scribe): void {
    for (const { id: gone, parent, shadow } of outline.remove(id)) {
      scribe.note('removes', { parentId: parent, id: gone, ...(shadow && { isShadow: true }) })
    }
  }

  function rewrite(id: number, text: string, scribe: Scribe): void {
    const { kind } = outline.part(id, 'text', 'style')
    // The allow-list does not know of which kind it is.
    if (kind === 'text') scribe.note('texts', { id, value: hideNumbers(text) })
    else scribe.note('attributes', { id, attributes: { _cssText: filterSheet(text) } })
  }

  return {
    get outline() {
      return outline
    },
    snapshot: (ops) => whole(() => snapshot(ops)),
    changes(ops) {
      if (broken) throw new BadBatchError('a snapshot is missing')
      return whole(() => changes(ops))
    },
  }
}
