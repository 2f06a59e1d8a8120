/** What agents point at, draw and highlight, above the page and out of reach of the mouse. */
import { h, svg } from './dom'

export interface Marks {
  pointer(by: string, name: string, x: number, y: number): void
  draw(by: string, name: string, id: string, points: readonly (readonly [number, number])[]): void
  clear(by: string): void
  highlight(element: Element, name: string): void
  remove(): void
}

const POINTER_MS = 5000
const HIGHLIGHT_MS = 4000
const MOST_LINES = 200
/** Points of one line: more than a person draws. */
const LONGEST_LINE = 4000

export function createMarks(root: ShadowRoot): Marks {
  const canvas = svg('svg', { class: 'drawing' })
  const layer = h('div', { class: 'marks', popover: 'manual', 'aria-hidden': 'true' })
  layer.append(canvas)
  root.append(layer)
  const pointers = new Map<string, { element: HTMLElement; timer: number }>()
  const lines = new Map<string, { line: SVGElement; by: string; points: string; count: number }>()
  const highlights = new Map<string, () => void>()

  function pointerOf(by: string, name: string): HTMLElement {
    const known = pointers.get(by)
    if (known) {
      clearTimeout(known.timer)
      return known.element
    }
    const arrow = svg('svg', { viewBox: '0 0 16 16' }, svg('path', { d: 'M2 1l11 6-5 1.5L5.500 14z' }))
    const element = h('div', { class: 'pointer' }, h('span', {}, name))
    element.prepend(arrow)
    layer.append(element)
    return element
  }

  return {
    pointer(by, name, x, y) {
      const element = pointerOf(by, name)
      element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`
      const timer = window.setTimeout(() => {
        element.remove()
        pointers.delete(by)
      }, POINTER_MS)
      pointers.set(by, { element, timer })
    },
    draw(by, _name, id, points) {
      const key = `${by} ${id}`
      const known = lines.get(key) ?? { line: canvas.appendChild(svg('polyline', {})), by, points: '', count: 0 }
      known.count += points.length
      if (known.count > LONGEST_LINE) return
      known.points += ` ${points.map(([x, y]) => `${Math.round(x)},${Math.round(y)}`).join(' ')}`
      known.line.setAttribute('points', known.points)
      lines.set(key, known)
      const [oldest] = lines
      if (lines.size > MOST_LINES && oldest) {
        oldest[1].line.remove()
        lines.delete(oldest[0])
      }
    },
    clear(by) {
      for (const [key, { line, by: author }] of lines) {
        if (author !== by) continue
        line.remove()
        lines.delete(key)
      }
    },
    highlight(element, name) {
      highlights.get(name)?.()
      const label = h('span', {}, name)
      const mark = h('div', { class: 'highlight' }, label)
      const place = (): void => frameAround(element, mark, label, name)
      place()
      layer.append(mark)
      addEventListener('scroll', place, { capture: true, passive: true })
      const timer = window.setTimeout(end, HIGHLIGHT_MS)
      function end(): void {
        clearTimeout(timer)
        removeEventListener('scroll', place, true)
        mark.remove()
        highlights.delete(name)
      }
      highlights.set(name, end)
    },
    remove() {
      for (const { timer } of pointers.values()) clearTimeout(timer)
      for (const end of highlights.values()) end()
      layer.remove()
    },
  }
}

/** The page is not scrolled for it, that is up to the customer: out of sight, the label at the edge says where to. */
function frameAround(element: Element, mark: HTMLElement, label: HTMLElement, name: string): void {
  const { left, top, right, bottom } = element.getBoundingClientRect()
  const from = Math.min(Math.max(top, 0), innerHeight)
  const to = Math.min(Math.max(bottom, 0), innerHeight)
  label.textContent = bottom < 0 ? `↑ ${name}` : top > innerHeight ? `↓ ${name}` : name
  label.classList.toggle('inside', from < 24)
  Object.assign(mark.style, {
    left: `${Math.max(0, left)}px`,
    top: `${from}px`,
    width: `${Math.max(0, right - Math.max(0, left))}px`,
    height: `${to - from}px`,
  })
}
