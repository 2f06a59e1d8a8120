/** Where the log stands: it opens at what is new, stays at the end for whoever is there, and never jumps otherwise. */
import type { Virtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { LogItem } from './grouping'

type Scroller = Virtualizer<HTMLDivElement, Element>

/** Closer than this to the end counts as being there, in pixels. */
export const NEAR_END = 80

/** Opens at the first unread message, else at the end. */
export function useStart(virtual: Scroller, items: LogItem[]): void {
  const started = useRef(false)
  useEffect(() => {
    if (started.current || items.length === 0) return
    started.current = true
    const fresh = items.findIndex((item) => item.type === 'new')
    const start = () => (fresh < 0 ? virtual.scrollToEnd() : virtual.scrollToIndex(fresh, { align: 'start' }))
    start()
    // Lines are measured once they are in the page: where they really are is known a moment later.
    requestAnimationFrame(start)
  }, [items, virtual])
}

/**
 * Whoever presses something in the log reads there: until one scrolls or another line comes, what grows by it grows
 * downwards, and nothing moves. `count` is the number of lines.
 */
export function useHold(scroller: RefObject<HTMLElement | null>, count: number): boolean {
  const [pressedAt, setPressedAt] = useState<number | null>(null)
  useEffect(() => {
    const element = scroller.current
    const hold = () => setPressedAt(count)
    const release = () => setPressedAt(null)
    // Before the pressed control hears it: the line has not grown yet.
    element?.addEventListener('click', hold, { capture: true })
    element?.addEventListener('scroll', release, { passive: true })
    return () => {
      element?.removeEventListener('click', hold, { capture: true })
      element?.removeEventListener('scroll', release)
    }
  }, [scroller, count])
  return pressedAt === count
}

type StayProps = { scroller: RefObject<HTMLElement | null>; own: number; held: boolean }

/** Who is at the end stays there, also when its last line grows; an own message always brings one there. */
export function useStayAtEnd(virtual: Scroller, { scroller, own, held }: StayProps): void {
  const staying = useRef(false)
  const total = virtual.getTotalSize()
  useEffect(() => {
    const element = scroller.current
    const note = () => {
      staying.current = isNearEnd(element)
    }
    element?.addEventListener('scroll', note, { passive: true })
    return () => element?.removeEventListener('scroll', note)
  }, [scroller])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is what is reacted to
  useLayoutEffect(() => {
    if (held) staying.current = isNearEnd(scroller.current)
    else if (staying.current) virtual.scrollToEnd()
  }, [total, virtual])
  useEffect(() => {
    if (own > 0) virtual.scrollToEnd()
  }, [own, virtual])
}

function isNearEnd(element: HTMLElement | null): boolean {
  return element !== null && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END
}

type Place = { first: number; key: string; below: number }

/**
 * Older lines come in above the place one reads. The virtualizer holds on to the uppermost line, but that may be the name
 * of a day, which moves up with the older lines: the uppermost message is the better hold. `first` is the lowest number loaded.
 */
export function useKeepPlace(virtual: Scroller, items: LogItem[], first: number): void {
  const place = useRef<Place | null>(null)
  useLayoutEffect(() => {
    const before = place.current
    if (before && first < before.first) {
      const start = virtual.measurementsCache[items.findIndex((item) => item.key === before.key)]?.start
      if (start !== undefined) virtual.scrollToOffset(start - before.below)
      place.current = { ...before, first }
      return
    }
    const top = virtual.scrollOffset ?? 0
    const message = virtual.getVirtualItems().find((line) => line.start >= top && items[line.index]?.type === 'entry')
    if (message) place.current = { first, key: String(message.key), below: message.start - top }
  })
}
