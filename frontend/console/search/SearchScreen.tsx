import { Search, SearchX } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { SearchHit } from '../api/types'
import { Link } from '../app/Link'
import { go, to, useLocation } from '../app/router'
import { CustomerLine } from '../customers/CustomerLine'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { ChannelIcon } from '../ui/Channel'
import { Marked } from '../ui/Marked'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'
import { RelativeTime } from '../ui/Time'
import { useRested, useSearch } from './useSearch'

export default function SearchScreen() {
  const { t } = useI18n()
  const { query } = useLocation()
  const [text, setText] = useState(query.get('q') ?? '')
  const rested = useRested(text)
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => box.current?.focus(), [])
  useEffect(() => go(to.search(rested.trim()), { replace: true }), [rested])
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('nav.search')}</h1>
      </header>
      <div className="search-box">
        <Search size={18} aria-hidden="true" />
        <input
          ref={box}
          type="search"
          className="input"
          value={text}
          aria-label={t('search.label')}
          placeholder={t('search.placeholder')}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <Results text={text} />
    </div>
  )
}

function Results({ text }: { text: string }) {
  const { t } = useI18n()
  const found = useSearch(text)
  if (text.trim().length < 2)
    return <EmptyState icon={Search} title={t('search.start')} text={t('search.start_text')} />
  if (found.isPending) return <Skeleton rows={5} height={56} />
  if (found.isError) return <ErrorState error={found.error} onRetry={() => found.refetch()} />
  const { customers, interactions } = found.data
  if (customers.length + interactions.length === 0) {
    return <EmptyState icon={SearchX} title={t('search.none', { text: text.trim() })} text={t('search.none_text')} />
  }
  return (
    <div aria-live="polite" aria-busy={found.isFetching}>
      {customers.length > 0 && (
        <section className="card">
          <h2 className="card-title">{t('nav.customers')}</h2>
          <ul className="lines">
            {customers.map((customer) => (
              <li key={customer.id}>
                <CustomerLine customer={customer} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {interactions.length > 0 && (
        <section className="card">
          <h2 className="card-title">{t('search.interactions')}</h2>
          <ul className="lines">
            {interactions.map((hit) => (
              <li key={hit.id}>
                <HitLine hit={hit} words={text} />
              </li>
            ))}
          </ul>
          {found.hasNextPage && (
            <Button variant="quiet" busy={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
              {t('common.more')}
            </Button>
          )}
        </section>
      )}
    </div>
  )
}

function HitLine({ hit, words }: { hit: SearchHit; words: string }) {
  const { t } = useI18n()
  return (
    <Link to={to.interaction(hit.id)} className="line">
      <ChannelIcon channel={hit.channel} />
      <span className="line-text">
        <span className="line-title clip">
          <Marked text={hit.customer.name || t('customer.unnamed')} words={words} />
          {hit.subject && (
            <span className="muted">
              {' · '}
              <Marked text={hit.subject} words={words} />
            </span>
          )}
        </span>
        <span className="muted clip">
          <Marked text={hit.snippet || hit.first_words} words={words} />
        </span>
      </span>
      <span className="line-end muted">
        {t(hit.state === 'closed' ? 'state.closed' : 'history.open')}
        <RelativeTime at={hit.last_entry_at} />
      </span>
    </Link>
  )
}
