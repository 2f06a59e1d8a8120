/** What the tools do at a place of the page, whether it was reached by a pointer or by keys. */
import type { Point } from '../shared/cobrowse/wire'
import { ahead, elementAt, outwards, type Place } from './geometry'
import type { Viewer } from './viewer'

const POINTER_EVERY_MS = 33
/** Points of a line go together, at most 64 in a frame. */
const LINE_EVERY_MS = 50
const MOST_POINTS = 64

export interface Tools {
  move(place: Place): void
  press(place: Place): void
  release(): void
  /** False when it is left to the browser to scroll the room around the page. */
  wheel(place: Place, dx: number, dy: number): boolean
  /** The number of the element that would be meant there; null for none. */
  meant(place: Place): number | null
}

export function createTools(viewer: Viewer): Tools {
  const { mirror, marks, send, tool, follow, control } = viewer
  let pointedAt = 0
  let line = ''
  let points: Point[] = []
  let lineTimer: ReturnType<typeof setTimeout> | undefined

  /** In pixels of the customer's window. */
  function theirs({ x, y }: Place): Place {
    const more = ahead(mirror.stage)
    return { x: Math.round(x + more.x), y: Math.round(y + more.y) }
  }

  function move(place: Place): void {
    if (tool.getSnapshot() === 'point') point(place)
    if (line) draw(place)
  }

  function point(place: Place): void {
    const now = performance.now()
    if (now - pointedAt < POINTER_EVERY_MS) return
    pointedAt = now
    send({ t: 'pointer', ...theirs(place) })
  }

  function press(place: Place): void {
    const chosen = tool.getSnapshot()
    if (chosen === 'point') point(place)
    if (chosen === 'control') control.click(place)
    if (chosen === 'highlight') highlight(place)
    if (chosen !== 'draw') return
    if (line) release()
    else {
      line = crypto.randomUUID().slice(0, 8)
      draw(place)
    }
  }

  function highlight(place: Place): void {
    const n = meant(place)
    marks.highlight(n)
    if (n === null) viewer.say('problem_nothing', {}, 'bad')
    else send({ t: 'highlight', e: mirror.epoch, n })
  }

  function draw(place: Place): void {
    const { x, y } = theirs(place)
    points.push([x, y])
    marks.draw(line, [[x, y]])
    if (points.length >= MOST_POINTS) sendLine()
    lineTimer ??= setTimeout(sendLine, LINE_EVERY_MS)
  }

  function sendLine(): void {
    clearTimeout(lineTimer)
    lineTimer = undefined
    if (points.length) send({ t: 'draw', id: line, points })
    points = []
  }

  function release(): void {
    sendLine()
    line = ''
  }

  /** With a tool in hand the wheel is the customer's page; else the agent looks around, by themselves from then on. */
  function wheel(place: Place, dx: number, dy: number): boolean {
    if (tool.getSnapshot() === 'control') {
      control.wheel(place, dx, dy)
      return true
    }
    follow.set(false)
    mirror.stage.frame.contentWindow?.scrollBy(dx, dy)
    return true
  }

  function meant(place: Place): number | null {
    const { stage } = mirror
    const isPart = (one: Element): boolean => /^(element|box)$/.test(mirror.part(stage.id(one))?.kind ?? '')
    const element = outwards(elementAt(stage, place), isPart)
    return element ? stage.id(element) : null
  }

  return { move, press, release, wheel, meant }
}
