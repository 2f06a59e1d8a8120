/** Notes on a call that were typed and not saved: kept in this tab, so that a reload loses nothing. */
const PREFIX = 'console.call.'

export function keptNotes(call: string): string {
  return sessionStorage.getItem(PREFIX + call) ?? ''
}

export function keepNotes(call: string, text: string): void {
  if (text) sessionStorage.setItem(PREFIX + call, text)
  else sessionStorage.removeItem(PREFIX + call)
}
