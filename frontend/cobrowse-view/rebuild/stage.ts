/**
 * The frame in which the page is rebuilt: a live Replayer of rrweb in `iframe sandbox="allow-same-origin"` (it refuses
 * to build anywhere else), set so that it does nothing by itself.
 *
 * What it would do otherwise, and why not here: wait for the next picture of the screen (a tab in the background gets
 * none; what is older than its baseline is applied at once, so the baseline is far away); rebuild by way of a virtual
 * document (good for long jumps only); pause animations (in live mode they would stay paused); draw a mouse with a tail
 * (we draw pointers ourselves); focus what the customer focuses (that would take the agent's keys); keep every event and
 * every style sheet for ever (an hour would fill the memory: both are emptied after each batch).
 */
import { Replayer } from '@rrweb/replay'
import { CUSTOM, FULL, type ReplayEvent } from './events'

const FAR_AWAY = Number.MAX_SAFE_INTEGER
/** A page that scrolls smoothly would lag behind its customer. */
const STYLES = ['*, *::before, *::after { scroll-behavior: auto !important }']
/** What a person or a screen reader can do in the frame without scripts; nothing of it may have an effect. */
const ACTS_OF_A_PERSON = ['click', 'auxclick', 'submit', 'keydown', 'beforeinput', 'dragstart', 'contextmenu']

export interface Size {
  width: number
  height: number
}

export interface Place {
  x: number
  y: number
}

export interface Stage {
  readonly frame: HTMLIFrameElement
  /** All of it at once, before the next picture. Raises StageError when the replayer could not follow. */
  apply(events: readonly ReplayEvent[]): void
  node(id: number): Node | null
  /** The number of a node; -1 for what is not the customer's. */
  id(node: Node): number
  /** With false the window stays where the agent scrolls it. */
  follow(on: boolean): void
  /** Where the customer has scrolled the window. */
  readonly scrolled: Place
  /** How much the replayer holds on to. */
  held(): { events: number; nodes: number }
  destroy(): void
}

/** The replayer could not apply an event that was judged to fit. */
export class StageError extends Error {}

export function createStage(root: HTMLElement, title: string, sized: (size: Size) => void): Stage {
  let scrolled: Place = { x: 0, y: 0 }
  let following = true
  let trouble = ''
  const note = (_prefix: unknown, words: unknown): void => {
    trouble ||= String(words)
  }
  const replayer = new Replayer([], {
    root,
    liveMode: true,
    useVirtualDom: false,
    mouseTail: false,
    triggerFocus: false,
    pauseAnimation: false,
    UNSAFE_replayCanvas: false,
    insertStyleRules: STYLES,
    showWarning: true,
    showDebug: true,
    logger: { log: note, warn: note },
    plugins: [{ handler: afterwards }],
  })
  const { iframe: frame, service } = replayer
  const mirror = replayer.getMirror()
  frame.title = title
  frame.tabIndex = -1
  replayer.on('resize', (size) => sized(size as Size))
  replayer.startLive(FAR_AWAY)

  function afterwards(event: ReplayEvent): void {
    if (event.type === FULL) guard()
    if (event.type === CUSTOM) carryOut(event.data as unknown as { tag: string; payload: Payload })
  }

  /** A full snapshot opens the document anew, which takes its listeners away. */
  function guard(): void {
    for (const name of ACTS_OF_A_PERSON) {
      frame.contentDocument?.addEventListener(name, (event) => event.preventDefault(), { capture: true })
    }
  }

  function carryOut({ tag, payload: { id, to, x, y } }: { tag: string; payload: Payload }): void {
    if (tag === 'window') {
      scrolled = { x, y }
      if (following) frame.contentWindow?.scrollTo(x, y)
      return
    }
    const node = mirror.getNode(id)
    if (node && tag === 'checked' && 'checked' in node) node.checked = to === 1
    if (node && tag === 'selected' && 'selectedIndex' in node) node.selectedIndex = to
  }

  return {
    frame,
    apply(events) {
      trouble = ''
      for (const event of events) service.send({ type: 'ADD_EVENT', payload: { event } })
      service.state.context.events.length = 0
      replayer.resetCache()
      if (trouble) throw new StageError(trouble)
    },
    node: (id) => mirror.getNode(id),
    id: (node) => mirror.getId(node),
    follow(on) {
      following = on
      if (on) frame.contentWindow?.scrollTo(scrolled.x, scrolled.y)
    },
    get scrolled() {
      return scrolled
    },
    held: () => ({ events: service.state.context.events.length, nodes: mirror.getIds().length }),
    destroy: () => replayer.destroy(),
  }
}

interface Payload {
  id: number
  to: number
  x: number
  y: number
}
