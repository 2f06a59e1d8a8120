import { useSyncExternalStore } from 'react'
import type { ReadableStore } from '../../shared/store'

/** The store's value, and a new render when it changes. */
export function useStore<T>(store: ReadableStore<T>): T {
  return useSyncExternalStore(store.subscribe, store.getSnapshot)
}
