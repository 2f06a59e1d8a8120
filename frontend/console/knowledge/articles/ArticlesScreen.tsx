import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { FileText, Plus, SearchX } from 'lucide-react'
import { useEffect, useState } from 'react'
import { api, withQuery } from '../../api/client'
import type { Page } from '../../api/types'
import { Link } from '../../app/Link'
import { go, to, useLocation } from '../../app/router'
import { useI18n } from '../../i18n'
import { NEW } from '../../resource/spec'
import { useRested } from '../../search/useSearch'
import { Button } from '../../ui/Button'
import { FilterSelect } from '../../ui/FilterSelect'
import { ListSearch } from '../../ui/ListSearch'
import { EmptyState, ErrorState, Skeleton } from '../../ui/states'
import { RelativeTime } from '../../ui/Time'
import { useCategoryOptions } from '../catalogue'
import type { ArticleRow } from '../types'
import { StateBadges } from './StateBadges'
import { LANGUAGES, STATES } from './words'

const FILTERS = ['q', 'state', 'locale', 'category'] as const
type Filter = Record<(typeof FILTERS)[number], string>

/** Every article, newest change first; what is looked for stands in the address, so that it can be shared. */
export function ArticlesScreen() {
  const { t } = useI18n()
  const [filter, change] = useFilter()
  const list = useArticles(filter)
  const rows = list.data ?? []
  const isFiltered = Object.values(filter).some(Boolean)
  return (
    <div className="resource">
      <section className="resource-list" aria-label={t('articles.title')}>
        <header className="resource-head resource-head-wide">
          <div>
            <h1>{t('articles.title')}</h1>
            <p className="muted">{t('articles.intro')}</p>
          </div>
          <Link to={to.knowledge('articles', NEW)} className="button button-primary">
            <Plus size={16} aria-hidden="true" />
            {t('articles.add')}
          </Link>
        </header>
        <Filters filter={filter} onChange={change} />
        {list.isPending && <Skeleton rows={8} height={64} />}
        {list.isError && <ErrorState error={list.error} onRetry={() => list.refetch()} />}
        {list.isSuccess && rows.length === 0 && !isFiltered && (
          <EmptyState icon={FileText} title={t('articles.empty')} text={t('articles.empty_text')} />
        )}
        {list.isSuccess && rows.length === 0 && isFiltered && (
          <EmptyState icon={SearchX} title={t('articles.none')} text={t('articles.none_text')}>
            <Button onClick={() => change({ q: '', state: '', locale: '', category: '' })}>{t('articles.all')}</Button>
          </EmptyState>
        )}
        <ul className="lines" aria-busy={list.isFetching}>
          {rows.map((row) => (
            <li key={row.id}>
              <ArticleLine row={row} />
            </li>
          ))}
        </ul>
        {list.hasNextPage && (
          <Button variant="quiet" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {t('common.more')}
          </Button>
        )}
      </section>
    </div>
  )
}

export function useArticles(filter: Partial<Filter>, limit?: number) {
  return useInfiniteQuery({
    queryKey: ['kb-articles', filter, limit],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<ArticleRow>>(withQuery('/api/kb/articles', { ...filter, limit, cursor: pageParam }), signal),
    getNextPageParam: (page) => page.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  })
}

function useFilter(): [Filter, (part: Partial<Filter>) => void] {
  const { query } = useLocation()
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ''])) as Filter
  const change = (part: Partial<Filter>) =>
    go(withQuery(to.knowledge('articles'), { ...filter, ...part }), { replace: true })
  return [filter, change]
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (part: Partial<Filter>) => void }) {
  const { t } = useI18n()
  const [text, setText] = useState(filter.q)
  const rested = useRested(text.trim())
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the words that have rested are looked for
  useEffect(() => onChange({ q: rested }), [rested])
  useEffect(() => {
    if (!filter.q) setText('')
  }, [filter.q])
  const categories = useCategoryOptions()
  const named = (options: typeof STATES | typeof LANGUAGES) =>
    options.map(({ value, label }) => ({ value, label: t(label) }))
  return (
    <div className="filters">
      <ListSearch label={t('articles.search')} value={text} onChange={setText} />
      <FilterSelect
        label={t('article.state')}
        all={t('articles.all_states')}
        value={filter.state}
        options={named(STATES)}
        onChange={(state) => onChange({ state })}
      />
      <FilterSelect
        label={t('field.language')}
        all={t('articles.all_languages')}
        value={filter.locale}
        options={named(LANGUAGES)}
        onChange={(locale) => onChange({ locale })}
      />
      <FilterSelect
        label={t('article.category')}
        all={t('articles.all_categories')}
        value={filter.category}
        options={categories}
        onChange={(category) => onChange({ category })}
      />
    </div>
  )
}

function ArticleLine({ row }: { row: ArticleRow }) {
  const categories = useCategoryOptions()
  const category = categories.find(({ value }) => value === row.category)?.label ?? row.category
  return (
    <Link
      to={to.knowledge('articles', row.id)}
      className={row.live ? 'line article-line' : 'line article-line line-muted'}
    >
      <FileText size={20} aria-hidden="true" className="line-icon" />
      <span className="line-text">
        <span className="line-title clip">{row.title}</span>
        <span className="muted clip">
          {[row.locale.toUpperCase(), category, row.updated_by].filter(Boolean).join(' · ')} ·{' '}
          <RelativeTime at={row.updated_at} />
        </span>
      </span>
      <StateBadges of={row} />
    </Link>
  )
}
