const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }

/** From the search field through its answers and back, by the arrow keys. */
export function moveByArrows(page: Document): void {
  page.addEventListener('keydown', (event) => {
    const step = STEPS[event.key]
    const stops = [...page.querySelectorAll<HTMLElement>('#q, #found a.card')]
    const place = stops.indexOf(page.activeElement as HTMLElement)
    const next = step && place >= 0 ? stops[place + step] : undefined
    if (!next) return
    event.preventDefault()
    next.focus()
  })
}
