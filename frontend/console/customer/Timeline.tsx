import { useInfiniteQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { api, withQuery } from '../api/client'
import type { TimelineItem, TimelinePage } from '../api/types'
import { Link } from '../app/Link'
import { to } from '../app/router'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { ChannelIcon } from '../ui/Channel'
import { Skeleton } from '../ui/states'
import { RelativeTime } from '../ui/Time'

/** Everything this customer has written, over all channels, newest first. */
export function Timeline({ customer, current }: { customer: string; current?: string }) {
  const { t } = useI18n()
  const history = useInfiniteQuery({
    queryKey: ['timeline', customer],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      api.get<TimelinePage>(withQuery(`/api/customers/${customer}/timeline`, { cursor: pageParam }), signal),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = history.data?.pages.flatMap((page) => page.items) ?? []
  const hidden = history.data?.pages[0]?.hidden ?? 0
  return (
    <section className="context-section" aria-labelledby="history-title">
      <h2 id="history-title" className="section-title">
        <History size={16} aria-hidden="true" />
        {t('history.title')}
      </h2>
      {history.isPending && <Skeleton rows={3} height={48} />}
      {history.isError && <p className="muted">{t('history.error')}</p>}
      {history.isSuccess && items.length === 0 && hidden === 0 && <p className="muted">{t('history.empty')}</p>}
      <ol className="timeline">
        {items.map((item) => (
          <li key={item.interaction.id}>
            <TimelineLine item={item} open={item.interaction.id === current} />
          </li>
        ))}
      </ol>
      {hidden > 0 && <p className="muted">{t('history.hidden', { n: hidden })}</p>}
      {history.hasNextPage && (
        <Button small variant="quiet" busy={history.isFetchingNextPage} onClick={() => history.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </section>
  )
}

function TimelineLine({ item, open }: { item: TimelineItem; open: boolean }) {
  const { t } = useI18n()
  const row = item.interaction
  return (
    <Link to={to.interaction(row.id)} className="timeline-item" aria-current={open ? 'true' : undefined}>
      <ChannelIcon channel={row.channel} />
      <span className="timeline-text">
        <span className="timeline-words">{row.subject || row.first_words || t('queue.no_words')}</span>
        <span className="muted">
          {t(row.state === 'closed' ? 'state.closed' : 'history.open')} · <RelativeTime at={row.last_entry_at} />
        </span>
      </span>
    </Link>
  )
}
