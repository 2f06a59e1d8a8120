/**
 * What lies over the frame: the frame itself gets no pointer and no key. Here tools are used, by pointer or by keys,
 * and everything that is pointed out is drawn.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useStore } from '../shared/use-store'
import { EditingField } from './editing'
import { ahead, inFrame, type Place } from './geometry'
import { createTools, type Tools } from './tools'
import type { Viewer } from './viewer'

const STEP = 12
const LONG_STEP = 60
const LINE_OF_TEXT = 60
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export function Surface({ viewer }: { viewer: Viewer }) {
  const { t, mirror } = viewer
  const tool = useStore(viewer.tool)
  const scale = useStore(viewer.scale)
  const editing = useStore(viewer.editing)
  const tools = useMemo(() => createTools(viewer), [viewer])
  const [mark, setMark] = useState<Place | null>(null)
  const [hovered, setHovered] = useState<number | null>(null)
  const surface = useRef<HTMLDivElement>(null)
  const placeOf = (event: MouseEvent): Place =>
    inFrame(mirror.stage.frame, scale, { x: event.clientX, y: event.clientY })
  const hover = (place: Place): void =>
    setHovered(tool === 'highlight' || tool === 'control' ? tools.meant(place) : null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the last tool had marked
  useEffect(() => setHovered(null), [tool])
  useWheel(surface, viewer, tools, placeOf)

  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = ARROWS[event.key]
    const page = event.key === 'PageDown' ? 1 : event.key === 'PageUp' ? -1 : 0
    if (event.ctrlKey || event.metaKey || event.altKey || !(arrow || page || event.key === 'Enter')) return
    event.preventDefault()
    const { width, height } = viewer.size.getSnapshot()
    const at = mark ?? { x: width / 2, y: height / 2 }
    if (page) tools.wheel(at, 0, page * height * 0.8)
    else if (tool === 'look') arrow && tools.wheel(at, arrow[0] * LINE_OF_TEXT, arrow[1] * LINE_OF_TEXT)
    else if (!arrow) tools.press(at)
    else {
      const far = event.shiftKey ? LONG_STEP : STEP
      const place = { x: within(at.x + arrow[0] * far, width), y: within(at.y + arrow[1] * far, height) }
      setMark(place)
      hover(place)
      tools.move(place)
    }
  }

  return (
    <div
      ref={surface}
      class={`surface tool-${tool}`}
      role="application"
      aria-label={t(tool === 'look' ? 'surface_look' : 'surface')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: everything in it is done by keys as well
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerMove={(event) => {
        setMark(null)
        hover(placeOf(event))
        tools.move(placeOf(event))
      }}
      onPointerDown={(event) => {
        if (event.button !== 0 || (event.target as Element).closest('.editing')) return
        setMark(null)
        if (tool === 'draw') event.currentTarget.setPointerCapture(event.pointerId)
        tools.press(placeOf(event))
      }}
      onPointerUp={() => tools.release()}
      onPointerLeave={() => setHovered(null)}
    >
      <Drawn viewer={viewer} hovered={hovered} mark={tool === 'look' ? null : mark} />
      {editing && <EditingField key={editing.node} viewer={viewer} editing={editing} />}
      <span class="visually-hidden" aria-live="polite">
        {mark && hovered !== null && t('at', { what: wordsOf(mirror.stage.node(hovered)) })}
      </span>
    </div>
  )
}

const within = (value: number, limit: number): number => Math.max(0, Math.min(limit - 1, value))

/** Turned over a page that is larger than its room, the wheel moves the page in the room, as everywhere. */
function useWheel(
  surface: { readonly current: HTMLElement | null },
  viewer: Viewer,
  tools: Tools,
  placeOf: (event: MouseEvent) => Place,
): void {
  useEffect(() => {
    const element = surface.current
    const turn = (event: WheelEvent): void => {
      if (event.ctrlKey || (viewer.tool.getSnapshot() !== 'control' && roomScrolls(element, event))) return
      event.preventDefault()
      tools.wheel(placeOf(event), event.deltaX, event.deltaY)
    }
    // By hand, since only a listener that is not passive may keep the room from scrolling.
    element?.addEventListener('wheel', turn, { passive: false })
    return () => element?.removeEventListener('wheel', turn)
  })
}

function roomScrolls(element: HTMLElement | null, { deltaY }: WheelEvent): boolean {
  const area = element?.closest('.area')
  if (!area) return false
  const rest = deltaY > 0 ? area.scrollHeight - area.clientHeight - area.scrollTop : area.scrollTop
  return rest > 1
}

/** What a person would call it: its words, else what kind of thing it is. */
function wordsOf(node: Node | null): string {
  const element = node as HTMLElement | null
  const words = element?.textContent?.trim() || element?.getAttribute('placeholder') || ''
  return `${element?.localName ?? ''} ${words.slice(0, 60)}`.trim()
}

interface DrawnProps {
  viewer: Pick<Viewer, 'marks' | 'mirror'> & { t(key: 'page'): string }
  hovered: number | null
  mark: Place | null
}

/** Marks in pixels of the customer's window, moved by how much further the agent has scrolled. */
export function Drawn({ viewer: { t, marks, mirror }, hovered, mark }: DrawnProps) {
  const { customer, strokes, highlight } = useStore(marks.state)
  const more = ahead(mirror.stage)
  return (
    <svg class="drawn" aria-hidden="true">
      <title>{t('page')}</title>
      <Outline box={boxOf(mirror.stage.node(highlight ?? -1))} kind="highlight" />
      <Outline box={boxOf(mirror.stage.node(hovered ?? -1))} kind="hovered" />
      <g transform={`translate(${-more.x} ${-more.y})`}>
        {[...strokes].map(([id, points]) => (
          <polyline key={id} class="stroke" points={points.map((point) => point.join()).join(' ')} />
        ))}
        {customer && (
          <g transform={`translate(${customer.x} ${customer.y})`}>
            <path class="their-pointer" d="M0 0l16 6.5-6.2 2.3L7.5 15z" />
          </g>
        )}
      </g>
      {mark && <path class="mark" d={`M${mark.x - 14} ${mark.y}h28M${mark.x} ${mark.y - 14}v28`} />}
    </svg>
  )
}

function Outline({ box, kind }: { box: DOMRect | null; kind: string }) {
  return box && <rect class={kind} x={box.x - 3} y={box.y - 3} width={box.width + 6} height={box.height + 6} rx="4" />
}

function boxOf(node: Node | null): DOMRect | null {
  return node && 'getBoundingClientRect' in node ? (node as Element).getBoundingClientRect() : null
}
