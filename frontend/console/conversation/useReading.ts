import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api } from '../api/client'
import type { Row } from '../api/types'
import { useMe } from '../app/me'
import { spreadRow, useLive } from '../live/context'

const AFTER_MS = 500

/** Says that everything up to `last` was read once it has been on screen for a moment in a visible page. */
export function useReading(row: Row, last: number, atEnd: boolean): void {
  const live = useLive()
  const queries = useQueryClient()
  const me = useMe()
  const unread = row.unread > 0
  useEffect(() => {
    if (!atEnd || last === 0 || document.visibilityState === 'hidden') return
    const timer = setTimeout(() => {
      live.client.sendRead(row.id, last)
      if (!unread) return
      if (live.client.status.getSnapshot() !== 'online')
        api.post(`/api/interactions/${row.id}/seen`, { s: last }).catch(() => undefined)
      spreadRow(queries, { ...row, unread: 0 }, me.id)
    }, AFTER_MS)
    return () => clearTimeout(timer)
  }, [live, queries, row, me.id, last, atEnd, unread])
}
