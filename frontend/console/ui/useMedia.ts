import { useSyncExternalStore } from 'react'

/** Room for the customer beside the conversation. */
export const WIDE = '(min-width: 1100px)'
/** Room for the queue beside the conversation. */
export const SIDE_BY_SIDE = '(min-width: 720px)'

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    () => matchMedia(query).matches,
  )
}
