/** Finds the words of a search in a text. Pure. */

export type MarkPiece = { text: string; hit: boolean }

/** The text in pieces; a piece is a hit where it begins a word with one of `words`, whatever its case. */
export function markPieces(text: string, words: string): MarkPiece[] {
  const wanted = words.split(/\s+/).filter(Boolean).map(escaped)
  if (wanted.length === 0) return [{ text, hit: false }]
  const parts = text.split(new RegExp(`((?<![\\p{L}\\p{N}])(?:${wanted.join('|')}))`, 'giu'))
  return parts.map((part, index) => ({ text: part, hit: index % 2 === 1 })).filter((piece) => piece.text !== '')
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
