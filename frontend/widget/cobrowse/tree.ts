/**
 * What the agent has of the page, and the changes that bring it up to date. Events only say where to look: everything is
 * read from the page as it is at that moment, so that late, doubled or lost ones can't lead to a wrong picture.
 * One file, as all of it works on the same few variables.
 */
import { DEPTH_LIMIT, ELEMENT_LIMIT } from '../../shared/cobrowse/allowed'
import {
  type Attributes,
  DOCUMENT_ID,
  FIRST_OWN_ID,
  HAS_SHADOW,
  IN_SHADOW,
  IS_MASKED,
  IS_SVG,
  type Label,
  type Op,
} from '../../shared/cobrowse/wire'
import { createConditions } from './conditions'
import { attributesOf, difference, type Kind, kindOf, textOf } from './describe'
import { choiceOf, type Field, isChoice, isField, isNever, shownValue } from './fields'
import type { Mode, Modes } from './modes'
import { inPlace } from './order'
import { sheetParts } from './sheets'

/** A node that was sent, with what was last said of it. */
export interface Sent {
  readonly id: number
  readonly node: Node
  kind: Kind['kind']
  readonly mode: Mode
  /** what the element asks for itself */
  readonly own: Mode | null
  readonly parent: Sent | null
  readonly inShadow: boolean
  readonly depth: number
  children: Sent[]
  /** those in the shadow root; null without one */
  shadow: Sent[] | null
  attributes: Attributes
  /** text, value or size */
  text: string
  /** checked, or the selected index */
  choice: number
  /** further parts of a style sheet, and the adopted ones of a root */
  parts: Part[]
  adopted: Part[]
  /** nobody may act on it from afar */
  isMasked: boolean
  /** its children were too many: a box stands for the rest */
  isCut: boolean
  /** attributes and values go at most ten times a second */
  notBefore: number
}

interface Part {
  id: number
  css: string
}

interface Task {
  node: Node
  parent: Sent | null
  next: number
  inShadow: boolean
  /** the children are there: what can only be said now is */
  isEnd?: Sent
}

export interface TreeOptions {
  modes: Modes
  /** A shadow root was found. */
  watch(root: ShadowRoot): void
  /** our own sheet is not part of the page */
  isOwnSheet(sheet: CSSStyleSheet): boolean
  boxes: Pick<ResizeObserver, 'observe' | 'unobserve'>
}

export type Tree = ReturnType<typeof createTree>

export function createTree({ modes, watch, isOwnSheet, boxes }: TreeOptions) {
  const sent = new Map<number, Sent>()
  const fields = new Set<Sent>()
  const conditions = createConditions()
  const ids = new WeakMap<Node, number>()
  let lastId = DOCUMENT_ID
  let ops: Op[] = []
  let size = 0
  let elements = 0
  let stack: Task[] = []
  let lastOwnId = FIRST_OWN_ID
  let scrolled: Element[] = []

  function say(op: Op): void {
    ops.push(op)
    size += 24
    for (const part of op) if (typeof part === 'string') size += part.length
    if (op[0] === '+' || op[0] === '@')
      for (const name in op[op[0] === '+' ? 5 : 2] as Attributes) size += name.length + 16
  }

  function idOf(node: Node): number {
    const id = ids.get(node) ?? ++lastId
    ids.set(node, id)
    return id
  }

  // ---------------------------------------------------------------- adding

  function visit({ node, parent, next, inShadow, isEnd }: Task): Sent | null {
    if (isEnd) {
      if (sent.get(isEnd.id) === isEnd) finish(isEnd)
      return null
    }
    // Sent anew in another way since: what is below came with it.
    if (parent && sent.get(parent.id) !== parent) return null
    // Moved or removed since its parent was read: its own event brings it.
    if (parent && node.parentNode !== (inShadow ? (parent.node as Element).shadowRoot : parent.node)) return null
    const id = idOf(node)
    const before = sent.get(id)
    if (before) detach(before)
    const own = node instanceof Element ? modes.own(node) : null
    const mode = own ?? parent?.mode ?? 'mask'
    const kind = parent?.isCut || parent?.mode === 'block' ? null : kindOf(node, mode)
    if (!kind) return null
    const added: Sent = {
      ...{ id, node, kind: kind.kind, mode, own, parent, inShadow, children: [], shadow: null },
      depth: (parent?.depth ?? 0) + 1,
      ...{ attributes: {}, text: '', choice: -1, parts: [], adopted: [], isMasked: true, isCut: false, notBefore: 0 },
    }
    describe(added, kind, next)
    sent.set(id, added)
    return added
  }

  function describe(added: Sent, kind: Kind, next: number): void {
    const { id, node, parent, inShadow, mode } = added
    const above = parent?.id ?? DOCUMENT_ID
    const flags = inShadow ? IN_SHADOW : 0
    if (kind.kind === 'text') {
      added.text = textOf(node, mode)
      say(['t', id, above, next, added.text, flags])
    } else if (kind.kind === 'sheet') {
      const parts = sheetParts((node as HTMLStyleElement).sheet, conditions.alias)
      added.text = parts[0] ?? ''
      say(['y', id, above, next, added.text, flags])
      syncParts(added.parts, parts.slice(1), (part) => say(['y', part.id, above, next, part.css, flags]))
    } else if (elements >= ELEMENT_LIMIT || added.depth > DEPTH_LIMIT) {
      // One box for all the rest of its siblings.
      if (parent) parent.isCut = true
      box(added, 'too_large', next, flags)
    } else if (kind.kind === 'box') box(added, kind.label, next, flags)
    else if (kind.kind === 'element') element(added, kind, next, flags)
  }

  function box(added: Sent, label: Label, next: number, flags: number): void {
    const { id, node, parent } = added
    added.kind = 'box'
    const { width, height } = (node as Element).getBoundingClientRect()
    added.text = boxSize(width, height)
    elements++
    say(['b', id, parent?.id ?? DOCUMENT_ID, next, Math.round(width), Math.round(height), label, flags])
    boxes.observe(node as Element)
  }

  function element(added: Sent, kind: Extract<Kind, { kind: 'element' }>, next: number, inFlags: number): void {
    const node = added.node as Element
    const { shadowRoot } = node
    added.isMasked = hides(node, added.mode)
    elements++
    added.attributes = attributesOf(node, kind.isSvg, added.mode, conditions)
    const { tag, isSvg } = kind
    const flags = inFlags | (isSvg ? IS_SVG : 0) | (shadowRoot ? HAS_SHADOW : 0) | (added.isMasked ? IS_MASKED : 0)
    say(['+', added.id, added.parent?.id ?? DOCUMENT_ID, next, tag, added.attributes, flags])
    if (isField(node)) {
      added.text = shownValue(node, added.mode)
      fields.add(added)
    }
    if (isField(node) && isChoice(node)) added.choice = choiceOf(node)
    if (node.scrollTop || node.scrollLeft) scrolled.push(node)
    stack.push({ node, parent: added, next: 0, inShadow: false, isEnd: added })
    pushChildren(added, node, false)
    if (!shadowRoot) return
    added.shadow = []
    watch(shadowRoot)
    pushChildren(added, shadowRoot, true)
  }

  function pushChildren(parent: Sent, root: ParentNode & Node, inShadow: boolean): void {
    for (let node = root.lastChild; node; node = node.previousSibling) stack.push({ node, parent, next: 0, inShadow })
  }

  function finish(added: Sent): void {
    if (added.node instanceof HTMLSelectElement) {
      added.choice = Number.NaN // nothing said yet, not even that nothing is chosen
      value(added)
    }
    if (added.shadow) adopted(added)
  }

  // ---------------------------------------------------------------- removing

  function detach(gone: Sent): void {
    const list = gone.parent ? (gone.inShadow ? gone.parent.shadow : gone.parent.children) : null
    const at = list?.indexOf(gone) ?? -1
    if (at >= 0) list?.splice(at, 1)
    remove(gone)
  }

  function remove(gone: Sent): void {
    if (sent.get(gone.id) !== gone) return
    say(['-', gone.id])
    for (const { id } of gone.parts) say(['-', id])
    forget(gone)
  }

  function forget(gone: Sent): void {
    sent.delete(gone.id)
    fields.delete(gone)
    if (gone.kind === 'element' || gone.kind === 'box') elements--
    if (gone.kind === 'box') boxes.unobserve(gone.node as Element)
    for (const child of gone.children) forget(child)
    for (const child of gone.shadow ?? []) forget(child)
  }

  // ---------------------------------------------------------------- walking

  /** Works until the time is up; true when everything is said. */
  function step(until: number): boolean {
    for (let count = 0; stack.length; count++) {
      if (count % 32 === 31 && performance.now() > until) return false
      const task = stack.pop() as Task
      const added = visit(task)
      if (added?.parent) (added.inShadow ? (added.parent.shadow as Sent[]) : added.parent.children).push(added)
    }
    return true
  }

  /** One node with all below it, at once. It is not yet in the list of its parent. */
  function grow(task: Task): Sent | null {
    const waiting = stack
    stack = []
    const added = visit(task)
    step(Number.POSITIVE_INFINITY)
    stack = waiting
    return added
  }

  // ---------------------------------------------------------------- changing

  /** The children as they are now. */
  function children(parent: Sent): void {
    const { node } = parent
    if (parent.kind === 'sheet') sheet(parent)
    else if (node instanceof HTMLTextAreaElement) value(parent)
    else if (parent.kind === 'element' && parent.mode !== 'block') childrenOf(parent, node as Element)
  }

  function childrenOf(parent: Sent, node: Element): void {
    const { shadowRoot } = node
    if ((shadowRoot !== null) !== (parent.shadow !== null)) {
      again(parent)
      return
    }
    parent.children = inOrder(parent, parent.children, node.childNodes, false)
    if (shadowRoot) parent.shadow = inOrder(parent, parent.shadow ?? [], shadowRoot.childNodes, true)
    chosenIn(node)
  }

  /** What comes after the last child: sheets that script has given come after those of the tree. */
  function behind(parent: Sent, inShadow: boolean): number {
    return inShadow || !parent.parent ? (parent.adopted[0]?.id ?? 0) : 0
  }

  /** A browser chooses anew among options that go and come, at the agent's at other times than here. */
  function chosenIn(node: Element): void {
    const select = node.closest('select')
    const one = select ? sent.get(idOf(select)) : undefined
    if (!one) return
    one.choice = Number.NaN
    value(one)
  }

  function inOrder(parent: Sent, list: Sent[], nodes: NodeListOf<ChildNode>, inShadow: boolean): Sent[] {
    const live = new Map<Node, number>()
    for (const node of nodes) live.set(node, live.size)
    const kept = list.filter((child) => live.has(child.node))
    for (const child of list) if (!live.has(child.node)) remove(child)
    const staying = new Set(inPlace(kept, (child) => live.get(child.node) as number))
    for (const child of kept) if (!staying.has(child)) remove(child)
    const found: Sent[] = []
    let next = behind(parent, inShadow)
    for (let node = nodes[nodes.length - 1] ?? null; node; node = node.previousSibling as ChildNode | null) {
      const known = sent.get(idOf(node))
      const child = known && staying.has(known) ? known : parent.isCut ? null : grow({ node, parent, next, inShadow })
      if (!child) continue
      next = child.id
      found.push(child)
    }
    return found.reverse()
  }

  /** Everything of it anew: it is shown in another way than before. */
  function again(old: Sent): void {
    const { node, parent, inShadow } = old
    // Of what stands for many there is nothing to say but that.
    if (!parent || sent.get(old.id) !== old || (parent.isCut && old.kind === 'box')) return
    const list = (inShadow ? parent.shadow : parent.children) as Sent[]
    const next = list[list.indexOf(old) + 1]?.id ?? behind(parent, inShadow)
    remove(old)
    const added = grow({ node, parent, next, inShadow })
    list.splice(list.indexOf(old), 1, ...(added ? [added] : []))
    chosenIn(parent.node as Element)
  }

  function attributes(one: Sent): void {
    const node = one.node as Element
    const kind = kindOf(node, one.mode)
    if (one.kind === 'sheet' && kind?.kind === 'sheet') sheet(one)
    else if (kind?.kind === 'element' && one.kind === 'element' && one.isMasked === hides(node, one.mode))
      elementAttributes(one, node, kind.isSvg)
    else if (one.kind === 'element' || kind?.kind !== 'box') again(one)
  }

  function elementAttributes(one: Sent, node: Element, isSvg: boolean): void {
    const now = attributesOf(node, isSvg, one.mode, conditions)
    // The value has a way of its own.
    const settled = (given: Attributes): Attributes => {
      const { value: _value, checked: _checked, ...rest } = given
      return isField(node) ? rest : given
    }
    const changed = difference(settled(one.attributes), settled(now))
    one.attributes = now
    if (changed) say(['@', one.id, changed])
    value(one)
  }

  function text(one: Sent): void {
    if (one.kind !== 'text') return
    const now = textOf(one.node, one.mode)
    if (now === one.text) return
    one.text = now
    say(['=', one.id, now])
  }

  function value(one: Sent | undefined): void {
    if (one?.kind !== 'element' || !isField(one.node)) return
    const field: Field = one.node
    const choice = choiceOf(field)
    if (choice !== one.choice) {
      one.choice = choice
      say(field instanceof HTMLSelectElement ? ['l', one.id, choice] : ['k', one.id, choice > 0 ? 1 : 0])
    }
    const now = shownValue(field, one.mode)
    if (now === one.text) return
    one.text = now
    say(['v', one.id, now])
  }

  function sheet(one: Sent): void {
    const list = (one.inShadow ? one.parent?.shadow : one.parent?.children) ?? []
    const next = list[list.indexOf(one) + 1]?.id ?? 0
    const [first = '', ...rest] = sheetParts((one.node as HTMLStyleElement).sheet, conditions.alias)
    if (first !== one.text) say(['=', one.id, first])
    one.text = first
    const flags = one.inShadow ? IN_SHADOW : 0
    syncParts(one.parts, rest, ({ id, css }) => say(['y', id, one.parent?.id ?? DOCUMENT_ID, next, css, flags]))
  }

  /** A style element that is taken out and put back has lost what script had changed in its rules. */
  function sheetsWithin(one: Sent): void {
    if (one.kind === 'sheet') sheet(one)
    for (const child of one.children) sheetsWithin(child)
    for (const child of one.shadow ?? []) sheetsWithin(child)
  }

  /** The sheets that script has given to the document (as whose root html counts) or to a shadow root. */
  function adopted(one: Sent): void {
    const root = one.parent ? (one.node as Element).shadowRoot : document
    const sheets = (root?.adoptedStyleSheets ?? []).filter((sheet) => !isOwnSheet(sheet))
    const flags = one.parent ? IN_SHADOW : 0
    syncParts(
      one.adopted,
      sheets.flatMap((sheet) => sheetParts(sheet, conditions.alias)),
      ({ id, css }) => say(['y', id, one.id, 0, css, flags]),
    )
  }

  function syncParts(parts: Part[], now: readonly string[], add: (part: Part) => void): void {
    now.forEach((css, at) => {
      const part = parts[at]
      if (!part) {
        parts[at] = { id: lastOwnId++, css }
        add(parts[at] as Part)
      } else if (part.css !== css) {
        part.css = css
        say(['=', part.id, css])
      }
    })
    for (const { id } of parts.splice(now.length)) say(['-', id])
  }

  /** Conditions that came with a sheet, for the elements that were sent before it. */
  function conditioned(): void {
    const selector = conditions.takeNew().join()
    if (!selector) return
    const roots: ParentNode[] = [document]
    for (const one of sent.values()) if (one.shadow) roots.push((one.node as Element).shadowRoot as ShadowRoot)
    for (const root of roots)
      for (const element of root.querySelectorAll(selector)) {
        const one = sent.get(idOf(element))
        if (one) attributes(one)
      }
  }

  function scroll(one: Sent): void {
    const { scrollLeft, scrollTop } = one.node as Element
    say(['s', one.id, Math.round(scrollLeft), Math.round(scrollTop)])
  }

  return {
    /** Forgets everything and begins at html; `step` goes on. */
    begin(): void {
      for (const one of sent.values()) if (one.kind === 'box') boxes.unobserve(one.node as Element)
      sent.clear()
      fields.clear()
      ops = []
      size = elements = 0
      scrolled = []
      stack = [{ node: document.documentElement, parent: null, next: 0, inShadow: false }]
    },
    step,
    get: (id: number): Sent | undefined => sent.get(id),
    of: (node: Node): Sent | undefined => sent.get(idOf(node)),
    all: (): IterableIterator<Sent> => sent.values(),
    fields: (): ReadonlySet<Sent> => fields,
    count: (): number => sent.size,
    /** In characters, of what was said since it was last taken. */
    size: (): number => size,
    say,
    take(): Op[] {
      const taken = ops
      ops = []
      size = 0
      return taken
    },
    takeScrolled(): Element[] {
      const taken = scrolled
      scrolled = []
      return taken
    },
    /** The page is larger than may be sent: boxes stand for the rest. */
    full(): void {
      elements = Math.max(elements, ELEMENT_LIMIT)
    },
    ...{ children, again, attributes, text, value, sheet, sheetsWithin, adopted, conditioned, scroll },
    resized(node: Element, width: number, height: number): void {
      const one = sent.get(idOf(node))
      if (one?.kind === 'box' && one.text !== boxSize(width, height)) again(one)
    },
  }
}

const hides = (element: Element, mode: Mode): boolean => mode !== 'show' || (isField(element) && isNever(element))

const boxSize = (width: number, height: number): string => `${Math.round(width)}x${Math.round(height)}`
