/**
 * Three places for one point: on the agent's screen, in the frame, and in the customer's window. The frame is shown at
 * a scale, and while the agent looks around it is scrolled elsewhere than the customer's window.
 */
import type { Stage } from './rebuild/stage'

export interface Place {
  x: number
  y: number
}

/** A point of the screen in pixels of the frame. */
export function inFrame(frame: Element, zoom: number, screen: Place): Place {
  const { left, top } = frame.getBoundingClientRect()
  return { x: (screen.x - left) / zoom, y: (screen.y - top) / zoom }
}

/** How much further down and right the frame is scrolled than the customer's window. */
export function ahead({ frame, scrolled }: Stage): Place {
  const view = frame.contentWindow
  return { x: (view?.scrollX ?? 0) - scrolled.x, y: (view?.scrollY ?? 0) - scrolled.y }
}

/** The innermost element at a point of the frame, also within shadow roots. */
export function elementAt({ frame }: Stage, { x, y }: Place): Element | null {
  let root: DocumentOrShadowRoot | null = frame.contentDocument
  let found: Element | null = null
  while (root) {
    const inner: Element | null = root.elementFromPoint(x, y)
    if (!inner || inner === found) break
    found = inner
    root = inner.shadowRoot
  }
  return found
}

/** The element itself or the next one outwards that fits, across shadow roots. */
export function outwards(from: Element | null, fits: (element: Element) => boolean): Element | null {
  let element = from
  while (element && !fits(element)) {
    const root: Node = element.getRootNode()
    element = element.parentElement ?? ('host' in root ? (root.host as Element) : null)
  }
  return element
}
