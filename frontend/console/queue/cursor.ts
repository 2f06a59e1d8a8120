/** Where the keyboard is in the queue: `j` and `k` move the focus over the rows as they are shown. */

type Scroll = (index: number) => void

let ids: string[] = []
let scrollTo: Scroll = () => undefined

export const queueCursor = {
  /** The list on screen, told by the list itself. */
  show(next: string[], scroll: Scroll): void {
    ids = next
    scrollTo = scroll
  },

  /** Moves from the focused row, else from the open one, else to the first. */
  move(step: 1 | -1, openId: string | null): void {
    if (ids.length === 0) return
    const from = ids.indexOf(focusedId() ?? openId ?? '')
    const index = from < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, from + step))
    scrollTo(index)
    focusWhenThere(ids[index] ?? '')
  },

  /** On to the row behind this one; false where there is none in sight. */
  next(id: string): boolean {
    const index = ids.indexOf(id)
    const link = index < 0 ? null : rowOf(ids[index + 1] ?? '')
    link?.focus()
    return link !== null && document.activeElement === link
  },

  /** Back on a row; on the first one where that row is not shown any more, and never nowhere. */
  focus(id: string): void {
    const index = Math.max(0, ids.indexOf(id))
    const there = ids[index]
    if (there === undefined) {
      document.getElementById('main')?.focus({ preventScroll: true })
      return
    }
    scrollTo(index)
    focusWhenThere(there)
  },

  /** The row that has the focus, if any. */
  focused: focusedId,
}

function focusedId(): string | null {
  return (document.activeElement as HTMLElement | null)?.dataset.row ?? null
}

function rowOf(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)
}

/** A row far away is in the page only after the list has scrolled to it. */
function focusWhenThere(id: string, tries = 5): void {
  const link = rowOf(id)
  if (link) link.focus({ preventScroll: true })
  else if (tries > 0) requestAnimationFrame(() => focusWhenThere(id, tries - 1))
}
