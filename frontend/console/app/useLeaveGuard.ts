import { useEffect } from 'react'
import { guardLeaving } from './router'

/** Leaving with unsaved changes asks first: what was typed may not come back. */
export function useLeaveGuard(active: boolean, question: string): void {
  useEffect(() => {
    if (!active) return
    const stop = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', stop)
    const release = guardLeaving(() => window.confirm(question))
    return () => {
      window.removeEventListener('beforeunload', stop)
      release()
    }
  }, [active, question])
}
