import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleCheckBig, RotateCw } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { api, withQuery } from '../api/client'
import type { Page, WorkItem } from '../api/types'
import { reportError } from '../app/errors'
import { Link } from '../app/Link'
import { to } from '../app/router'
import { type Key, useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'
import { RelativeTime } from '../ui/Time'
import { showToast } from '../ui/toast'

type WorkState = WorkItem['state']

const KINDS: Record<string, Key> = {
  deliveries: 'work.deliveries',
  mail_in: 'work.mail_in',
  call_events: 'work.call_events',
  callback_messages: 'work.callback_messages',
  recordings: 'work.recordings',
}
const EMPTY: Record<WorkState, Key> = { dead: 'work.none_dead', due: 'work.none_due' }
const REFRESH_MS = 10_000

/** Background work that was laid aside or still waits, and the way to try it again. */
export default function WorkScreen() {
  const { t } = useI18n()
  const [state, setState] = useState<WorkState>('dead')
  const work = useInfiniteQuery({
    queryKey: ['work', state],
    initialPageParam: '',
    refetchInterval: REFRESH_MS,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<WorkItem>>(withQuery('/api/work', { state, cursor: pageParam }), signal),
    getNextPageParam: (page) => page.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  })
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{t('nav.work')}</h1>
          <p className="muted">{t('work.text')}</p>
        </div>
      </header>
      <Tabs.Root value={state} onValueChange={(value) => setState(value as WorkState)}>
        <Tabs.List className="segments segments-small" aria-label={t('work.state')}>
          <Tabs.Trigger value="dead" className="segment">
            {t('work.dead')}
          </Tabs.Trigger>
          <Tabs.Trigger value="due" className="segment">
            {t('work.due')}
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value={state} tabIndex={-1} className="tab-body">
          {work.isPending && <Skeleton rows={3} height={72} />}
          {work.isError && <ErrorState error={work.error} onRetry={() => work.refetch()} />}
          {work.data?.length === 0 && <EmptyState icon={CircleCheckBig} title={t(EMPTY[state])} />}
          {state === 'dead' && work.data && <RetryAll items={work.data} />}
          {work.data && work.data.length > 0 && (
            <ul className="card lines">
              {work.data.map((item) => (
                <WorkLine key={`${item.kind}:${item.id}`} item={item} />
              ))}
            </ul>
          )}
          {work.hasNextPage && (
            <Button variant="quiet" busy={work.isFetchingNextPage} onClick={() => work.fetchNextPage()}>
              {t('common.more')}
            </Button>
          )}
        </Tabs.Content>
      </Tabs.Root>
    </div>
  )
}

/** A relay that was away leaves hundreds behind: all of a kind at once, also those that the list has no room for. */
function RetryAll({ items }: { items: WorkItem[] }) {
  const { t } = useI18n()
  const queries = useQueryClient()
  const retry = useMutation({
    mutationFn: (kind: string) => api.post<{ retried: number }>(`/api/work/${kind}/retry`),
    onSuccess: ({ retried }) => {
      showToast('good', t('work.retried_all', { n: retried }))
      queries.invalidateQueries({ queryKey: ['work'] })
    },
    onError: (error) => reportError(error, t),
  })
  const kinds = manyOf(items)
  if (kinds.length === 0) return null
  return (
    <div className="work-all">
      {kinds.map((kind) => (
        <Button
          key={kind}
          small
          icon={RotateCw}
          busy={retry.isPending && retry.variables === kind}
          onClick={() => retry.mutate(kind)}
        >
          {t('work.retry_all', { kind: t(KINDS[kind] ?? 'work.other') })}
        </Button>
      ))}
    </div>
  )
}

/** The kinds of which there is more than one. */
function manyOf(items: WorkItem[]): string[] {
  const kinds = [...new Set(items.map((item) => item.kind))]
  return kinds.filter((kind) => items.filter((item) => item.kind === kind).length > 1)
}

function WorkLine({ item }: { item: WorkItem }) {
  const { t } = useI18n()
  const queries = useQueryClient()
  const retry = useMutation({
    mutationFn: () => api.post(`/api/work/${item.kind}/${item.id}/retry`),
    onSuccess: () => {
      showToast('good', t('work.retried'))
      queries.invalidateQueries({ queryKey: ['work'] })
    },
    onError: (error) => reportError(error, t),
  })
  return (
    <li className="line work-line">
      <span className="line-text">
        <span className="line-title">
          <span className="badge">{t(KINDS[item.kind] ?? 'work.other')}</span>
          <span className="clip">{item.title}</span>
        </span>
        {item.last_error && <span className="bad work-error">{item.last_error}</span>}
        <span className="muted">
          {t('work.attempts', { n: item.attempts })} · <RelativeTime at={item.due_at} />
          {item.interaction && (
            <>
              {' · '}
              <Link to={to.interaction(item.interaction)}>{t('work.open')}</Link>
            </>
          )}
        </span>
      </span>
      <Button small icon={RotateCw} busy={retry.isPending} onClick={() => retry.mutate()}>
        {t('common.retry')}
      </Button>
    </li>
  )
}
