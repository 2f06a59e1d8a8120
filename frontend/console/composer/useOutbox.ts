import { useEffect, useEffectEvent, useRef } from 'react'
import { useMe } from '../app/me'
import { useLive } from '../live/context'
import { withPending } from '../live/log'
import { useStore } from '../ui/useStore'
import { keepDraftsOf, saveDrafts } from './drafts'
import { keepOutgoing, keptOutgoing, waitingOutgoing } from './outbox'
import { useDelivery } from './useDelivery'

const TRY_AGAIN_MS = 5_000

/** Sends by itself what could not be sent before, also after a reload; keeps the order it was written in. */
export function useOutbox(): void {
  const live = useLive()
  const me = useMe()
  const deliver = useDelivery()
  const online = useStore(live.client.status) === 'online'
  const busy = useRef(false)
  const flush = useEffectEvent(async () => {
    if (busy.current) return
    busy.current = true
    for (const { c, entry } of waitingOutgoing(me.id)) if (!(await deliver(c, entry))) break
    busy.current = false
  })
  useEffect(() => {
    keepDraftsOf(me.id)
    for (const { c, entry } of keptOutgoing(me.id)) {
      const restored = { ...entry, waiting: entry.failed === null }
      keepOutgoing(c, restored)
      live.log(c).update((log) => withPending(log, restored))
    }
  }, [live, me.id])
  useEffect(() => {
    if (!online) return
    saveDrafts()
    flush()
    const timer = setInterval(flush, TRY_AGAIN_MS)
    return () => clearInterval(timer)
  }, [online])
}
