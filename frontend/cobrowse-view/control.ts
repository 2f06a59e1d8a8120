/**
 * Acting on the customer's page: what the agent does over the frame becomes frames with numbers of nodes. Only what is
 * mirrored unmasked can be meant; the customer's page decides once more.
 */
import type { Frame, InputRefusal } from '../shared/cobrowse/wire'
import { elementAt, outwards, type Place } from './geometry'
import type { Mirror } from './mirror'

/** A field that the agent edits in a field of ours over it. */
export interface Editing {
  node: number
  kind: 'text' | 'lines' | 'choice'
  value: string
  options: readonly string[]
  index: number
  box: DOMRect
}

export type Problem = InputRefusal | 'nothing'

export interface Control {
  click(place: Place): void
  wheel(place: Place, dx: number, dy: number): void
  type(node: number, text: string): void
  select(node: number, index: number): void
}

export interface ControlOptions {
  mirror: Mirror
  send(frame: Frame): void
  edit(editing: Editing | null): void
  problem(problem: Problem): void
}

const TEXT_TYPES = /^(text|search|email|tel|url|number|date|time|datetime-local|month|week)$/
const SCROLL_EVERY_MS = 80

export function createControl({ mirror, send, edit, problem }: ControlOptions): Control {
  const { stage } = mirror
  let count = 0
  let scrolling: { node: number; x: number; y: number } | undefined

  const act = (name: string, node: number, more: object = {}): void => {
    count += 1
    send({ t: `input.${name}`, id: count, e: mirror.epoch, n: node, ...more })
  }

  const isKnown = (element: Element): boolean => mirror.part(stage.id(element))?.kind === 'element'

  function click(place: Place): void {
    edit(null)
    const element = outwards(elementAt(stage, place), isKnown)
    const part = element && mirror.part(stage.id(element))
    if (!element || !part) problem('nothing')
    else if (part.masked) problem('masked')
    else {
      const editing = editingOf(element, part.id)
      if (editing?.kind !== 'choice') act('click', part.id)
      edit(editing)
    }
  }

  /** Several turns of the wheel become one place to scroll to; without an element that scrolls it is the window. */
  function wheel(place: Place, dx: number, dy: number): void {
    const element = outwards(elementAt(stage, place), (one) => isKnown(one) && canScroll(one, dx, dy))
    const node = element ? stage.id(element) : 1
    const from = scrolling?.node === node ? scrolling : placeOf(element)
    if (!scrolling) setTimeout(flush, SCROLL_EVERY_MS)
    scrolling = { node, x: Math.max(0, Math.round(from.x + dx)), y: Math.max(0, Math.round(from.y + dy)) }
  }

  function placeOf(element: Element | null): Place {
    return element ? { x: element.scrollLeft, y: element.scrollTop } : stage.scrolled
  }

  function flush(): void {
    if (scrolling) act('scroll', scrolling.node, { x: scrolling.x, y: scrolling.y })
    scrolling = undefined
  }

  return {
    click,
    wheel,
    type: (node, text) => act('type', node, { text: text.slice(0, 2_000) }),
    select: (node, index) => act('select', node, { index }),
  }
}

/** Null for what is simply clicked. */
function editingOf(element: Element, node: number): Editing | null {
  const about = { node, options: [], index: -1, box: element.getBoundingClientRect() }
  if (element.localName === 'textarea') {
    return { ...about, kind: 'lines', value: (element as HTMLTextAreaElement).value }
  }
  if (element.localName === 'select') {
    const { options, selectedIndex } = element as HTMLSelectElement
    return { ...about, kind: 'choice', value: '', options: [...options].map(({ text }) => text), index: selectedIndex }
  }
  const isText = element.localName === 'input' && TEXT_TYPES.test((element as HTMLInputElement).type)
  return isText ? { ...about, kind: 'text', value: (element as HTMLInputElement).value } : null
}

function canScroll(element: Element, dx: number, dy: number): boolean {
  const style = element.ownerDocument.defaultView?.getComputedStyle(element)
  const may = (overflow = ''): boolean => overflow === 'auto' || overflow === 'scroll'
  return (
    (dy !== 0 && may(style?.overflowY) && element.scrollHeight > element.clientHeight) ||
    (dx !== 0 && may(style?.overflowX) && element.scrollWidth > element.clientWidth)
  )
}
