const LOOKED_AT_MS = 2_000

/**
 * Answers come while somebody types, and half a word is no question: what was typed counts once its answers have been
 * looked at for a while, or when the reader goes on from them. A form that is sent is counted by the server.
 */
export function countAsked(form: HTMLFormElement): void {
  const field = form.elements.namedItem('q')
  if (!(field instanceof HTMLInputElement)) return
  let timer = 0
  const forget = (): void => {
    clearTimeout(timer)
    timer = 0
  }
  const count = (): void => {
    if (timer && field.value.trim()) navigator.sendBeacon(form.dataset.asked ?? '', new FormData(form))
    forget()
  }
  field.addEventListener('input', () => {
    forget()
    timer = setTimeout(count, LOOKED_AT_MS)
  })
  form.addEventListener('submit', forget)
  addEventListener('pagehide', count)
}
