import { ArrowDownWideNarrow, CircleCheckBig, Inbox } from 'lucide-react'
import { useMemo } from 'react'
import type { QueueView } from '../api/types'
import { useMay } from '../app/me'
import { type Key, useI18n } from '../i18n'
import { OfferStack } from '../offers/OfferStack'
import { Button } from '../ui/Button'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'
import { SIDE_BY_SIDE, useMedia } from '../ui/useMedia'
import { useStore } from '../ui/useStore'
import { FirstSteps, useIsFresh } from './FirstSteps'
import { changeFilter, queueFilter } from './filter'
import { QueueFilters } from './QueueFilters'
import { QueueList } from './QueueList'
import { useQueue } from './useQueue'

const EMPTY: Record<QueueView, { title: Key; text: Key }> = {
  open: { title: 'queue.empty_open', text: 'queue.empty_open_text' },
  mine: { title: 'queue.empty_mine', text: 'queue.empty_mine_text' },
  waiting: { title: 'queue.empty_waiting', text: 'queue.empty_waiting_text' },
  closed: { title: 'queue.empty_closed', text: 'queue.empty_closed_text' },
}

export function QueuePane({ openId }: { openId: string | null }) {
  const { t } = useI18n()
  const filter = useStore(queueFilter)
  const queue = useQueue(filter)
  const rows = useMemo(() => queue.data?.pages.flatMap((page) => page.items) ?? [], [queue.data])
  const sideBySide = useMedia(SIDE_BY_SIDE)
  const filtered = filter.team !== '' || filter.channel !== ''
  const isEmpty = queue.isSuccess && rows.length === 0 && !filtered
  const isFresh = useIsFresh(useMay('manage_settings') && isEmpty && filter.view === 'open')
  return (
    <section className="queue-pane" aria-label={t('nav.queue')}>
      {sideBySide && <OfferStack />}
      <QueueFilters />
      <p className="queue-order">
        <ArrowDownWideNarrow size={14} aria-hidden="true" />
        {t(filter.view === 'closed' ? 'queue.order_closed' : 'queue.order_promise')}
      </p>
      {queue.isPending ? (
        <Skeleton rows={8} height={76} />
      ) : queue.isError && rows.length === 0 ? (
        <ErrorState error={queue.error} onRetry={() => queue.refetch()} />
      ) : rows.length > 0 ? (
        <QueueList
          key={JSON.stringify(filter)}
          rows={rows}
          openId={openId}
          more={queue.hasNextPage && !queue.isFetchingNextPage}
          loadMore={() => queue.fetchNextPage()}
        />
      ) : isFresh ? (
        <FirstSteps />
      ) : filtered ? (
        <EmptyState icon={Inbox} title={t('queue.empty_filtered')} text={t('queue.empty_filtered_text')}>
          <Button onClick={() => changeFilter({ team: '', channel: '' })}>{t('queue.clear_filters')}</Button>
        </EmptyState>
      ) : (
        <EmptyState icon={CircleCheckBig} title={t(EMPTY[filter.view].title)} text={t(EMPTY[filter.view].text)}>
          {filter.view === 'mine' && (
            <Button onClick={() => changeFilter({ view: 'waiting' })}>{t('queue.see_waiting')}</Button>
          )}
        </EmptyState>
      )}
    </section>
  )
}
