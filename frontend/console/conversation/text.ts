/** Reads plain message text: where the quoted part begins, what is a link. Pure. */

export type Split = { text: string; quote: string }
export type Piece = { text: string; href: string | null }

const HEADERS = [
  /^-{2,}\s*(original message|ursprüngliche nachricht|weitergeleitete nachricht|forwarded message)/i,
  /^(on|am)\s.+(wrote|schrieb)\b.*:?\s*$/i,
  /^(from|von):\s.+$/i,
  /^_{10,}$/,
]
const FROM_LINE = 2
const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"']+[^\s<>"'.,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi

/** What is shown at once and what behind the quote button: nothing of a text that somebody asked to see whole. */
export function parted(body: string, whole: boolean): Split {
  return whole ? { text: body, quote: '' } : splitQuote(body)
}

/** Cuts off what was quoted below the answer; an answer written between the quoted lines stays whole. */
export function splitQuote(body: string): Split {
  const lines = body.split('\n')
  const at = quoteStart(lines)
  if (at <= 0) return { text: body, quote: '' }
  const text = lines.slice(0, at).join('\n').trimEnd()
  return text ? { text, quote: lines.slice(at).join('\n') } : { text: body, quote: '' }
}

function quoteStart(lines: string[]): number {
  const header = lines.findIndex((line, index) => isHeader(line, lines[index + 1] ?? ''))
  const marks = trailingMarks(lines)
  if (header < 0) return marks
  return marks < 0 ? header : Math.min(header, marks)
}

function isHeader(line: string, next: string): boolean {
  const kind = HEADERS.findIndex((pattern) => pattern.test(line.trim()))
  return kind >= 0 && (kind !== FROM_LINE || /^(sent|date|gesendet|datum|to|an):/i.test(next.trim()))
}

/** The first line of the block of ">" lines that ends the text. */
function trailingMarks(lines: string[]): number {
  let at = -1
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index]?.trim() ?? ''
    if (line.startsWith('>')) at = index
    else if (line !== '') break
  }
  return at
}

/** Longer texts are folded: so many characters, so many lines. */
const LONGEST = 1_800
const MOST_LINES = 40

/** The beginning of a long text; null when it is short enough to be shown whole. */
export function folded(text: string): string | null {
  const lines = text.split('\n')
  if (lines.length <= MOST_LINES && text.length <= LONGEST) return null
  return `${lines.slice(0, MOST_LINES).join('\n').slice(0, LONGEST).trimEnd()}…`
}

/** The text in pieces, web and mail addresses with where they lead. */
export function linkPieces(text: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(LINK)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null })
    pieces.push({ text: match[0], href: hrefOf(match[0]) })
    end = match.index + match[0].length
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null })
  return pieces
}

function hrefOf(found: string): string {
  if (/^https?:/i.test(found)) return found
  return found.startsWith('www.') ? `https://${found}` : `mailto:${found}`
}
