/** The page as the agent may see it: a whole picture at first, then what changed, never faster than it can be sent. */
import { DOCUMENT_ID, type Op, type Rules } from '../../shared/cobrowse/wire'
import { createModes, type Mode } from './modes'
import { pagePath } from './path'
import { type Notices, type Recorder, watchPage } from './recorder'
import { createTree, type Sent } from './tree'

/** Where batches go. A snapshot comes in several calls, the first and the last are marked. */
export interface Outlet {
  snapshot(epoch: number, ops: Op[], isFirst: boolean, isLast: boolean): void
  changes(epoch: number, ops: Op[]): void
  /** More would only wait: what changes meanwhile goes as one later on. */
  isFull(): boolean
}

export interface PassOptions {
  rules: Rules
  outlet: Outlet
  /** number of the last snapshot of this tab */
  epoch: number
  salt: string
  isOwnSheet(sheet: CSSStyleSheet): boolean
}

export type Pass = ReturnType<typeof createPass>

/** At most 25 batches a second, the first at once. */
const SOON_MS = 5
const BETWEEN_MS = 40
const PER_NODE_MS = 100
const SLICE_MS = 12
/** Nobody waits for a page out of sight, whose timers come once a second. */
const HIDDEN_SLICE_MS = 500
const BETWEEN_SNAPSHOTS_MS = 1000
const CHUNK = 40_000
const LARGEST_SNAPSHOT = 4_000_000
const LARGEST_CHANGE = 500_000
const SMALL_PAGE = 400
/** With more nodes to look at, the page is better sent anew. */
const MANY = 5000
const MANY_FIELDS = 300

export function createPass({ rules, outlet, epoch: lastEpoch, salt, isOwnSheet }: PassOptions) {
  const modes = createModes(rules)
  const boxes = new ResizeObserver((entries) => {
    for (const { target } of entries) boxesTouched.add(target)
    soon()
  })
  const boxesTouched = new Set<Element>()
  const nodes = (): Set<Node> => new Set()
  const touched = {
    children: nodes(),
    placed: nodes(),
    attributes: nodes(),
    text: nodes(),
    value: nodes(),
    scroll: nodes(),
    sheet: nodes(),
  }
  const all = Object.values(touched)
  let flags = { adopted: false, viewport: false, all: false }
  let recorder: Recorder | undefined
  let epoch = lastEpoch
  let state: 'off' | 'walking' | 'following' = 'off'
  let raw = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastFlush = 0
  let lastSnapshot = Number.NEGATIVE_INFINITY
  const tree = createTree({ modes, watch: (root) => recorder?.watch(root), isOwnSheet, boxes })

  // ---------------------------------------------------------------- what happens

  const noted =
    (set: Set<Node>) =>
    (node: Node): void => {
      if (state === 'off') return
      set.add(node)
      if (set.size > MANY) overflow()
      soon()
    }
  const flagged = (name: keyof typeof flags) => (): void => {
    flags[name] = true
    soon()
  }
  const notices: Notices = {
    children: noted(touched.children),
    placed: noted(touched.placed),
    attributes: noted(touched.attributes),
    text: noted(touched.text),
    value: noted(touched.value),
    scrolled: noted(touched.scroll),
    sheet: ({ ownerNode }) => (ownerNode ? noted(touched.sheet)(ownerNode) : notices.adopted()),
    adopted: flagged('adopted'),
    resized: flagged('viewport'),
  }

  /** While nothing can be sent, what has changed is only counted. */
  function overflow(): void {
    for (const set of all) set.clear()
    flags.all = true
  }

  function soon(): void {
    if (state !== 'following' || timer !== undefined) return
    timer = setTimeout(flush, Math.max(SOON_MS, lastFlush + BETWEEN_MS - performance.now()))
  }

  function later(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(flush, ms)
  }

  // ---------------------------------------------------------------- the whole

  function snapshot(): void {
    if (!recorder) return
    clearTimeout(timer)
    timer = undefined
    for (const set of all) set.clear()
    boxesTouched.clear()
    flags = { adopted: false, viewport: false, all: false }
    epoch++
    lastSnapshot = performance.now()
    raw = 0
    state = 'walking'
    tree.begin()
    tree.say(['p', pagePath(location.pathname, salt)])
    tree.say(['w', innerWidth, innerHeight])
    walk(epoch, true)
  }

  /** In slices, so that the page stays quick; what changes meanwhile is noted and looked at when all is there. */
  function walk(of: number, isFirst: boolean): void {
    if (state !== 'walking' || of !== epoch) return
    // What is hidden meanwhile must not be read in the way that held when its parent was.
    if (touched.children.size || touched.attributes.size || flags.all) lookAtModes()
    const isDone = tree.step(performance.now() + (document.hidden ? HIDDEN_SLICE_MS : SLICE_MS))
    if (isDone) finish()
    const isSaid = isDone || tree.size() > CHUNK
    raw += isSaid ? tree.size() : 0
    if (raw > LARGEST_SNAPSHOT) tree.full()
    if (isSaid) outlet.snapshot(epoch, tree.take(), isFirst, isDone)
    if (!isDone) setTimeout(walk, 0, of, isFirst && !isSaid)
    else follow()
  }

  function finish(): void {
    const html = tree.of(document.documentElement)
    if (html) tree.adopted(html)
    tree.conditioned()
    sayScrolled()
    if (scrollX || scrollY) sayWindow()
  }

  function sayScrolled(): void {
    for (const element of tree.takeScrolled()) {
      const one = tree.of(element)
      if (one) tree.scroll(one)
    }
  }

  function follow(): void {
    state = 'following'
    lastFlush = performance.now()
    if (hasNews()) soon()
  }

  const hasNews = (): boolean =>
    all.some((set) => set.size) || boxesTouched.size > 0 || Object.values(flags).includes(true)

  // ---------------------------------------------------------------- the changes

  function flush(): void {
    timer = undefined
    if (state !== 'following' || outlet.isFull()) return
    lastFlush = performance.now()
    if (!flags.all) change()
    if (flags.all) anew()
  }

  /** A page that changes as a whole all the time is shown once a second. */
  function anew(): void {
    const wait = lastSnapshot + BETWEEN_SNAPSHOTS_MS - performance.now()
    if (wait > 0) later(wait)
    else snapshot()
  }

  function change(): void {
    const before = tree.count()
    look()
    const size = tree.size()
    const ops = tree.take()
    const added = before > SMALL_PAGE ? ops.filter(([kind]) => kind === '+' || kind === 't').length : 0
    if (size > LARGEST_CHANGE || added > before / 2) flags.all = true
    else if (ops.length) outlet.changes(epoch, ops)
    if (all.some((set) => set.size)) later(PER_NODE_MS / 2)
  }

  /** Modes first: what is hidden from now on is not read any more. */
  function look(): void {
    if (touched.children.size || touched.attributes.size) lookAtModes()
    each(touched.children, (one) => tree.children(one))
    each(touched.placed, (one) => tree.sheetsWithin(one))
    slowly(touched.attributes, (one) => tree.attributes(one), ofParent)
    each(touched.text, (one) => tree.text(one), ofParent)
    slowly(touched.value, (one) => tree.value(one))
    // Frameworks set fields by setters that they kept from before ours: whatever else they changed gives them away.
    if (tree.fields().size < MANY_FIELDS)
      for (const one of tree.fields()) if (one.notBefore <= lastFlush) tree.value(one)
    each(touched.sheet, (one) => tree.sheet(one))
    slowly(touched.scroll, (one) => tree.scroll(one), scrolledWindow)
    sayScrolled()
    for (const box of boxesTouched) {
      const { width, height } = box.getBoundingClientRect()
      tree.resized(box, width, height)
    }
    boxesTouched.clear()
    if (flags.adopted) for (const one of tree.all()) if (one.shadow || !one.parent) tree.adopted(one)
    tree.conditioned()
    if (flags.viewport) tree.say(['w', innerWidth, innerHeight])
    flags = { adopted: false, viewport: false, all: false }
  }

  function each(set: Set<Node>, act: (one: Sent) => void, other?: (node: Node) => void): void {
    for (const node of [...set]) {
      set.delete(node)
      const one = tree.of(node)
      if (one) act(one)
      else other?.(node)
    }
  }

  /** The latest counts: at most ten times a second of one node. */
  function slowly(set: Set<Node>, act: (one: Sent) => void, other?: (node: Node) => void): void {
    const now = performance.now()
    for (const node of [...set]) {
      const one = tree.of(node)
      if (one && one.notBefore > now) continue
      set.delete(node)
      if (one) one.notBefore = now + PER_NODE_MS
      if (one) act(one)
      else other?.(node)
    }
  }

  /** A node that was left out may have become one that is not, such as a hidden field that is shown. */
  function ofParent({ parentNode }: Node): void {
    const above = parentNode && tree.of(parentNode instanceof ShadowRoot ? parentNode.host : parentNode)
    if (above) tree.children(above)
  }

  function scrolledWindow(node: Node): void {
    if (node === document) sayWindow()
  }

  function sayWindow(): void {
    tree.say(['s', DOCUMENT_ID, Math.round(scrollX), Math.round(scrollY)])
  }

  /** Whatever is shown in another way than it was sent goes anew, with all below it. */
  function lookAtModes(): void {
    const asked = new Map<Element, Mode>(modes.within(document))
    for (const one of tree.all())
      if (one.shadow)
        for (const [element, mode] of modes.within((one.node as Element).shadowRoot as ShadowRoot))
          asked.set(element, mode)
    const changed: Sent[] = []
    for (const one of tree.all()) if (one.own && asked.get(one.node as Element) !== one.own) changed.push(one)
    for (const [element, mode] of asked) {
      const one = tree.of(element)
      if (one && !one.own && mode) changed.push(one)
    }
    for (const one of changed) tree.again(one)
  }

  return {
    start(): void {
      recorder ??= watchPage(notices)
      snapshot()
    },
    snapshot,
    /** There is room again. */
    drained: soon,
    /** Nothing is read or sent until the next snapshot. */
    pause(): void {
      state = 'off'
      clearTimeout(timer)
      timer = undefined
    },
    stop(): void {
      this.pause()
      recorder?.stop()
      recorder = undefined
      boxes.disconnect()
    },
    epoch: (): number => epoch,
    /** What the agent sees under this number, if it is of the picture that is shown now. */
    find: (ofEpoch: number, id: number): Sent | undefined => (ofEpoch === epoch ? tree.get(id) : undefined),
    selector: modes.selector,
  }
}
