/** A store as the state of a Preact component: the widget's panel and the agent's view of a page. */
import { useEffect, useState } from 'preact/hooks'
import type { ReadableStore } from './store'

export function useStore<T>(store: ReadableStore<T>): T {
  const [value, setValue] = useState(store.getSnapshot)
  useEffect(() => {
    const update = (): void => setValue(() => store.getSnapshot())
    update()
    return store.subscribe(update)
  }, [store])
  return value
}
