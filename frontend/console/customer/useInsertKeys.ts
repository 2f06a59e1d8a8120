import { useEffect, useEffectEvent } from 'react'
import { insertSuggestion, useSuggestions } from './useSuggestions'

/** The first so many suggestions have a key of their own. */
export const WITH_KEY = 3

/** Alt and a digit puts an answer into the reply, whatever has the focus and whether or not the suggestions are shown. */
export function useInsertKeys(id: string): void {
  const items = useSuggestions(id).data?.items ?? []
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1]
    if (!event.altKey || event.ctrlKey || event.metaKey || !digit) return
    const item = Number(digit) <= WITH_KEY ? items[Number(digit) - 1] : undefined
    if (!item) return
    event.preventDefault()
    insertSuggestion(id, item)
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}
