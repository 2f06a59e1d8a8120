import { useEffect } from 'react'
import { type Key, useI18n } from '../i18n'
import { useLive } from '../live/context'
import { useQueueCounts } from '../queue/useQueue'
import { useStore } from '../ui/useStore'
import type { Route } from './router'

const TITLES: Record<Route['name'], Key> = {
  queue: 'nav.queue',
  interaction: 'nav.queue',
  callbacks: 'nav.callbacks',
  search: 'nav.search',
  customers: 'nav.customers',
  customer: 'nav.customers',
  knowledge: 'nav.knowledge',
  reports: 'nav.reports',
  work: 'nav.work',
  settings: 'nav.settings',
  lost: 'lost.title',
}

/** The title of the tab: an offer comes first, then how much is waiting. */
export function useDocumentTitle(route: Route): void {
  const { t } = useI18n()
  const offers = useStore(useLive().offers).filter((offer) => !offer.revoked).length
  const waiting = useQueueCounts().data?.waiting ?? 0
  useEffect(() => {
    const place = `${t(TITLES[route.name])} · ${t('shell.product')}`
    if (offers > 0) document.title = t('title.offer', { place })
    else document.title = waiting > 0 ? `(${waiting}) ${place}` : place
  }, [route.name, offers, waiting, t])
}
