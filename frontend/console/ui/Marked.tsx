import { useMemo } from 'react'
import { markPieces } from './marks'

/** A text with the words that were looked for marked in it. */
export function Marked({ text, words }: { text: string; words: string }) {
  const pieces = useMemo(() => markPieces(text, words), [text, words])
  // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
  return pieces.map(({ text: part, hit }, index) => (hit ? <mark key={index}>{part}</mark> : part))
}
