/** The open editor, for text that comes from beside it: an answer of the knowledge base. */
import { useEffect, useEffectEvent } from 'react'
import { focusComposer } from './focus'

type Insert = (text: string) => void

let open: Insert | null = null

/** Registers the editor on screen as the place where text is put. */
export function useInsertion(insert: Insert): void {
  const put = useEffectEvent(insert)
  useEffect(() => {
    const mine: Insert = (text) => put(text)
    open = mine
    return () => {
      if (open === mine) open = null
    }
  }, [])
}

/** False when nothing can be written now. */
export function insertIntoComposer(text: string): boolean {
  if (!open) {
    focusComposer('message')
    return false
  }
  open(text)
  return true
}
