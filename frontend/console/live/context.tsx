import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import type { Call } from '../../shared/wire'
import type { Detail, Me, Page, Row, TimelineItem } from '../api/types'
import { putCall, refreshCalls, refreshLines, refreshRequests } from '../calls/useCalls'
import { missedOffers } from '../offers/missed'
import { isNewer } from '../queue/rows'
import { patchQueues } from '../queue/useQueue'
import { LiveCenter } from './center'
import { spreadOverFetches } from './overtaken'

const LiveContext = createContext<LiveCenter | null>(null)
const ASK_AFTER_MS = 600

/** Opens the socket for the signed-in person and works what it says into the cached lists. */
export function LiveProvider({ me, children }: { me: Me; children: ReactNode }) {
  const queries = useQueryClient()
  const [center] = useState(() => new LiveCenter(socketUrl(), noticesFor(queries, me.id)))
  useEffect(() => {
    center.client.start()
    return () => center.client.stop()
  }, [center])
  return <LiveContext value={center}>{children}</LiveContext>
}

export function useLive(): LiveCenter {
  const center = useContext(LiveContext)
  if (!center) throw new Error('useLive needs a LiveProvider above it')
  return center
}

/** Puts a changed row into every list and into the open interaction, unless they know a newer version. */
export function spreadRow(queries: QueryClient, row: Row, me: string): void {
  patchQueues(queries, row, me)
  queries.setQueriesData<InfiniteData<Page<TimelineItem>>>({ queryKey: ['timeline'] }, (data) => withRow(data, row))
  queries.setQueryData<Detail>(['interaction', row.id], (detail) =>
    detail && !isNewer(detail.row, row) ? { ...detail, row } : detail,
  )
}

type History = InfiniteData<Page<TimelineItem>> | undefined

/** A customer's history with one of its interactions as it is now. */
function withRow(data: History, row: Row): History {
  const isKnown = data?.pages.some((page) => page.items.some((item) => item.interaction.id === row.id))
  if (!data || !isKnown) return data
  const changed = (item: TimelineItem) =>
    item.interaction.id === row.id && !isNewer(item.interaction, row) ? { ...item, interaction: row } : item
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(changed) })) }
}

export function noticesFor(queries: QueryClient, me: string) {
  const spread = spreadOverFetches(queries, (row) => spreadRow(queries, row, me))
  const callbacksSoon = soon(() => refreshRequests(queries))
  const countSoon = soon(() => queries.invalidateQueries({ queryKey: ['queue-counts'] }))
  return {
    row: (row: Row) => {
      const isHandedOn = changesHands(queries, row)
      spread(row)
      if (isHandedOn) queries.invalidateQueries({ queryKey: ['interaction', row.id] })
      countSoon()
      if (row.channel === 'callback') callbacksSoon()
    },
    call: (call: Call) => {
      putCall(queries, call, me)
      callbacksSoon()
    },
    lines: () => {
      refreshLines(queries)
      refreshRequests(queries)
    },
    watching: () => {
      queries.invalidateQueries({ queryKey: ['queue'] })
      queries.invalidateQueries({ queryKey: ['interaction'] })
      refreshCalls(queries)
      refreshLines(queries)
      countSoon()
    },
    ready: () => {
      queries.refetchQueries({ predicate: ({ state }) => state.status === 'error' || state.fetchStatus === 'paused' })
    },
    changed: (c: string) => {
      queries.invalidateQueries({ queryKey: ['interaction', c] })
      queries.invalidateQueries({ queryKey: ['callback', c] })
    },
    missed: () => {
      missedOffers.set(true)
      queries.invalidateQueries({ queryKey: ['me'] })
    },
    asked: (c: string) => {
      queries.invalidateQueries({ queryKey: ['suggestions', c] })
    },
  }
}

/** With its owner changes what one may do, which no row says; a call can be put through to whoever looks elsewhere. */
function changesHands(queries: QueryClient, row: Row): boolean {
  const known = queries.getQueryData<Detail>(['interaction', row.id])?.row
  return known !== undefined && (known.state !== row.state || known.assigned_to?.id !== row.assigned_to?.id)
}

/** Many changes at once are one question, a moment later. */
function soon(ask: () => unknown): () => void {
  let isAsking = false
  return () => {
    if (isAsking) return
    isAsking = true
    setTimeout(() => {
      isAsking = false
      ask()
    }, ASK_AFTER_MS)
  }
}

function socketUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/console`
}
