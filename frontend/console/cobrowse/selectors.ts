/** Lists of CSS selectors, one a line. */

export interface BadLine {
  /** Counted from 1. */
  number: number
  text: string
}

/** The lines that this browser can't read: a customer's page could not either. */
export function badLines(lines: readonly string[]): BadLine[] {
  return lines.map((text, at) => ({ number: at + 1, text })).filter(({ text }) => text !== '' && !isSelector(text))
}

/** Pseudo-elements are read, and match nothing: whoever writes one means to hide something, and would not. */
function isSelector(text: string): boolean {
  try {
    document.createDocumentFragment().querySelector(text)
    return !text.includes('::')
  } catch {
    return false
  }
}

export const linesOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
