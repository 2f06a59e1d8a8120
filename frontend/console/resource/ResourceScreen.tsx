import { ArrowDown, ArrowLeft, ArrowUp, Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Link } from '../app/Link'
import { useI18n } from '../i18n'
import { useRested } from '../search/useSearch'
import { Button, IconButton } from '../ui/Button'
import { FilterSelect } from '../ui/FilterSelect'
import { ListSearch } from '../ui/ListSearch'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'
import { ResourceForm } from './ResourceForm'
import { type Filter, type Item, NEW, type ResourceSpec } from './spec'
import { useItem, useItems, useMove } from './useResource'

type ResourceScreenProps = {
  spec: ResourceSpec
  id: string | null
  path: (id?: string) => string
  searchable?: boolean
}

/** A list and the form of the chosen thing beside it: the shape of every settings screen. */
export function ResourceScreen({ spec, id, path, searchable }: ResourceScreenProps) {
  const { t, format } = useI18n()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<Record<string, string>>({})
  const filters = (spec.useFilters ?? noFilters)()
  const items = useItems(spec.api, { ...chosen, q: useRested(text.trim()) })
  const move = useMove(spec)
  const all = items.data ?? []
  const listed = all.find((item) => item.id === id)
  const single = useItem(spec.api, spec.long && id !== NEW && !listed ? id : null)
  const open = listed ?? single.data
  const seeking = !spec.long && Boolean(id) && id !== NEW && !open && items.hasNextPage
  const isNarrowed = Boolean(text) || Object.values(chosen).some(Boolean)
  const { fetchNextPage } = items
  useEffect(() => {
    if (seeking && !items.isFetching) fetchNextPage()
  }, [seeking, items.isFetching, fetchNextPage])
  return (
    <div className={id ? 'resource resource-open' : 'resource'}>
      <section className="resource-list" aria-label={t(spec.title)}>
        <header className="resource-head">
          <div>
            <h1>{t(spec.title)}</h1>
            <p className="muted">{t(spec.intro)}</p>
          </div>
          <div className="resource-tools">
            {spec.add && (
              <Link to={path(NEW)} className="button button-primary">
                <Plus size={16} aria-hidden="true" />
                {t(spec.add)}
              </Link>
            )}
            {spec.Tools && <spec.Tools />}
          </div>
        </header>
        {(searchable || filters.length > 0) && (
          <div className={filters.length > 0 ? 'filters' : undefined}>
            {searchable && <ListSearch label={t('resource.search')} value={text} onChange={setText} />}
            {filters.map(({ name, ...filter }) => (
              <FilterSelect
                key={name}
                {...filter}
                value={chosen[name] ?? ''}
                onChange={(value) => setChosen({ ...chosen, [name]: value })}
              />
            ))}
          </div>
        )}
        {items.isPending && <Skeleton rows={4} height={60} />}
        {items.isError && <ErrorState error={items.error} onRetry={() => items.refetch()} />}
        {items.isSuccess && all.length === 0 && (
          <EmptyState icon={spec.icon} title={t(isNarrowed ? 'resource.none' : spec.empty)} />
        )}
        <ul className="lines">
          {all.map((item, index) => (
            <li key={item.id} className={spec.ordered ? 'line-ordered' : undefined}>
              <ItemLine spec={spec} item={item} to={path(item.id)} open={item.id === id} />
              {spec.ordered && (
                <Mover
                  name={spec.line(item, t, format).title}
                  isFirst={index === 0}
                  isLast={index === all.length - 1}
                  busy={move.isPending}
                  onMove={(by) => move.mutate({ items: all, index, by })}
                />
              )}
            </li>
          ))}
        </ul>
        {items.hasNextPage && (
          <Button variant="quiet" busy={items.isFetchingNextPage} onClick={() => items.fetchNextPage()}>
            {t('common.more')}
          </Button>
        )}
      </section>
      {id && (
        <section className="resource-form" aria-label={t('resource.form', { one: t(spec.one) })}>
          {/* The one above the list is hidden with it. */}
          <h1 className="visually-hidden only-narrow">{t(spec.title)}</h1>
          <Link to={path()} className="back-link only-narrow">
            <ArrowLeft size={18} aria-hidden="true" />
            {t(spec.title)}
          </Link>
          {id === NEW && spec.add ? (
            <ResourceForm key={NEW} spec={spec} item={null} path={path} />
          ) : open ? (
            <ResourceForm key={open.id} spec={spec} item={open} path={path} />
          ) : items.isPending || seeking || (single.isPending && single.isFetching) ? (
            <Skeleton rows={5} height={64} />
          ) : (
            <EmptyState icon={spec.icon} title={t('resource.gone')} />
          )}
        </section>
      )}
    </div>
  )
}

type MoverProps = { name: string; isFirst: boolean; isLast: boolean; busy: boolean; onMove: (by: -1 | 1) => void }

function Mover({ name, isFirst, isLast, busy, onMove }: MoverProps) {
  const { t } = useI18n()
  return (
    <span className="mover">
      <IconButton
        icon={ArrowUp}
        label={t('resource.up', { name })}
        disabled={isFirst || busy}
        onClick={() => onMove(-1)}
      />
      <IconButton
        icon={ArrowDown}
        label={t('resource.down', { name })}
        disabled={isLast || busy}
        onClick={() => onMove(1)}
      />
    </span>
  )
}

function noFilters(): Filter[] {
  return []
}

function ItemLine({ spec, item, to, open }: { spec: ResourceSpec; item: Item; to: string; open: boolean }) {
  const { t, format } = useI18n()
  const { title, text, badge, muted } = spec.line(item, t, format)
  const Icon = spec.icon
  return (
    <Link to={to} className={muted ? 'line line-muted' : 'line'} aria-current={open ? 'true' : undefined}>
      <Icon size={20} aria-hidden="true" className="line-icon" />
      <span className="line-text">
        <span className="line-title clip">{title}</span>
        {text && <span className="muted clip">{text}</span>}
      </span>
      {badge && <span className="badge">{badge}</span>}
    </Link>
  )
}
