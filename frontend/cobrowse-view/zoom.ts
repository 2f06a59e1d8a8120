/** How large the page is shown: fitted to the room there is, or a step that the agent has chosen. */
import type { Viewer } from './viewer'

const STEPS = [0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1, 1.25, 1.5, 2, 3]

/** The scale at which a page of this width fits; a small window is not blown up. */
export function fitting(room: number, width: number): number {
  return width > 0 && room > 0 ? Math.min(1, room / width) : 1
}

/** The next step up or down from the scale that is shown. */
export function step(scale: number, direction: 1 | -1): number {
  const steps = direction > 0 ? STEPS : [...STEPS].reverse()
  return steps.find((one) => (one - scale) * direction > 0.01) ?? scale
}

export function zoomBy({ zoom, scale }: Viewer, direction: 1 | -1): void {
  zoom.set(step(scale.getSnapshot(), direction))
}

/** Gives the page its scale, and the room it takes then. `page` has the size of the customer's window. */
export function keepZoomed(
  { zoom, scale, size }: Pick<Viewer, 'zoom' | 'scale' | 'size'>,
  area: HTMLElement,
  room: HTMLElement,
  page: HTMLElement,
) {
  function apply(): void {
    const { width, height } = size.getSnapshot()
    const chosen = zoom.getSnapshot()
    const factor = chosen === 'fit' ? fitting(area.clientWidth, width) : chosen
    scale.set(factor)
    Object.assign(page.style, { width: `${width}px`, height: `${height}px`, transform: `scale(${factor})` })
    Object.assign(room.style, { width: `${width * factor}px`, height: `${height * factor}px` })
  }
  zoom.subscribe(apply)
  size.subscribe(apply)
  new ResizeObserver(apply).observe(area)
  apply()
}
