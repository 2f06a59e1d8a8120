/** The keys of the view, wherever the focus is but in a field. */
import { clearMarks } from './toolbar'
import type { Viewer } from './viewer'
import { zoomBy } from './zoom'

const KEYS: Record<string, (viewer: Viewer) => void> = {
  v: (viewer) => viewer.pick('look'),
  p: (viewer) => viewer.pick('point'),
  h: (viewer) => viewer.pick('highlight'),
  d: (viewer) => viewer.pick('draw'),
  c: (viewer) => viewer.pick('control'),
  x: (viewer) => clearMarks(viewer),
  f: ({ follow }) => follow.update((on) => !on),
  '+': (viewer) => zoomBy(viewer, 1),
  '-': (viewer) => zoomBy(viewer, -1),
  '0': ({ zoom }) => zoom.set('fit'),
  '1': ({ zoom }) => zoom.set(1),
  '?': ({ sheet }) => sheet.set(true),
  Escape: (viewer) => viewer.pick('look'),
}

export function listen(viewer: Viewer): void {
  document.addEventListener('keydown', (event) => {
    const target = event.target as Element
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, dialog')) return
    const run = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!run) return
    event.preventDefault()
    run(viewer)
  })
}
