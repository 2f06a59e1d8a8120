import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ArrowLeft, UserRound, UsersRound } from 'lucide-react'
import { useState } from 'react'
import { api, withQuery } from '../api/client'
import type { Customer, CustomerShort, Page } from '../api/types'
import { Link } from '../app/Link'
import { useMay } from '../app/me'
import { to } from '../app/router'
import { CustomerCard } from '../customer/CustomerCard'
import { Timeline } from '../customer/Timeline'
import { useI18n } from '../i18n'
import { useRested } from '../search/useSearch'
import { Button } from '../ui/Button'
import { ListSearch } from '../ui/ListSearch'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'
import { CustomerLine } from './CustomerLine'
import { JoinCustomer } from './JoinCustomer'

/** All customers on the left, one of them with the whole history on the right. */
export default function CustomersScreen({ id }: { id: string | null }) {
  const { t } = useI18n()
  return (
    <div className={id ? 'split split-open' : 'split'}>
      <h1 className="visually-hidden">{t('nav.customers')}</h1>
      <CustomerList openId={id} />
      {id ? (
        <CustomerDetail key={id} id={id} />
      ) : (
        <div className="split-empty">
          <EmptyState icon={UserRound} title={t('customers.pick_title')} text={t('customers.pick_text')} />
        </div>
      )}
    </div>
  )
}

function CustomerList({ openId }: { openId: string | null }) {
  const { t } = useI18n()
  const [text, setText] = useState('')
  const q = useRested(text.trim())
  const list = useInfiniteQuery({
    queryKey: ['customers', q],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<CustomerShort>>(withQuery('/api/customers', { q, cursor: pageParam }), signal),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className="queue-pane" aria-label={t('nav.customers')}>
      <ListSearch label={t('customers.search')} value={text} onChange={setText} />
      <div className="list-scroll">
        {list.isPending && <Skeleton rows={8} height={56} />}
        {list.isError && <ErrorState error={list.error} onRetry={() => list.refetch()} />}
        {list.isSuccess && items.length === 0 && (
          <EmptyState
            icon={UsersRound}
            title={t(q ? 'customers.none' : 'customers.empty')}
            text={q ? undefined : t('customers.empty_text')}
          />
        )}
        <ul className="lines">
          {items.map((customer) => (
            <li key={customer.id}>
              <CustomerLine customer={customer} open={customer.id === openId} />
            </li>
          ))}
        </ul>
        {list.hasNextPage && (
          <Button variant="quiet" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {t('common.more')}
          </Button>
        )}
      </div>
    </section>
  )
}

function CustomerDetail({ id }: { id: string }) {
  const { t } = useI18n()
  const mayMerge = useMay('merge_customers')
  const customer = useQuery({
    queryKey: ['customer', id],
    queryFn: ({ signal }) => api.get<Customer>(`/api/customers/${id}`, signal),
  })
  return (
    <section className="detail" aria-label={t('customer.label')}>
      <Link to={to.customers()} className="back-link only-narrow">
        <ArrowLeft size={18} aria-hidden="true" />
        {t('nav.customers')}
      </Link>
      {customer.isPending && <Skeleton rows={5} height={72} />}
      {customer.isError && <ErrorState error={customer.error} onRetry={() => customer.refetch()} />}
      {customer.data && (
        <div className="detail-columns">
          <div className="card">
            <CustomerCard customer={customer.data} />
            {mayMerge ? (
              <JoinCustomer customer={customer.data} />
            ) : (
              <p className="context-section muted">{t('merge.who')}</p>
            )}
          </div>
          <div className="card">
            <Timeline customer={customer.data.id} />
          </div>
        </div>
      )}
    </section>
  )
}
