import { ArrowLeft, Plus, Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Link } from '../app/Link'
import { useI18n } from '../i18n'
import { useRested } from '../search/useSearch'
import { Button } from '../ui/Button'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'
import { ResourceForm } from './ResourceForm'
import type { Item, ResourceSpec } from './spec'
import { useItems } from './useResource'

const NEW = 'new'

type ResourceScreenProps = {
  spec: ResourceSpec
  id: string | null
  path: (id?: string) => string
  searchable?: boolean
}

/** A list and the form of the chosen thing beside it: the shape of every settings screen. */
export function ResourceScreen({ spec, id, path, searchable }: ResourceScreenProps) {
  const { t } = useI18n()
  const [text, setText] = useState('')
  const items = useItems(spec.api, useRested(text.trim()))
  const all = items.data ?? []
  const open = all.find((item) => item.id === id)
  const seeking = Boolean(id) && id !== NEW && !open && items.hasNextPage
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
          <Link to={path(NEW)} className="button button-primary">
            <Plus size={16} aria-hidden="true" />
            {t(spec.add)}
          </Link>
        </header>
        {searchable && (
          <div className="list-search">
            <Search size={16} aria-hidden="true" />
            <input
              type="search"
              className="input"
              value={text}
              aria-label={t('resource.search')}
              placeholder={t('resource.search')}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
        )}
        {items.isPending && <Skeleton rows={4} height={60} />}
        {items.isError && <ErrorState error={items.error} onRetry={() => items.refetch()} />}
        {items.isSuccess && all.length === 0 && (
          <EmptyState icon={spec.icon} title={t(text ? 'resource.none' : spec.empty)} />
        )}
        <ul className="lines">
          {all.map((item) => (
            <li key={item.id}>
              <ItemLine spec={spec} item={item} to={path(item.id)} open={item.id === id} />
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
          <Link to={path()} className="back-link only-narrow">
            <ArrowLeft size={18} aria-hidden="true" />
            {t(spec.title)}
          </Link>
          {id === NEW ? (
            <ResourceForm key={NEW} spec={spec} item={null} path={path} />
          ) : open ? (
            <ResourceForm key={open.id} spec={spec} item={open} path={path} />
          ) : items.isPending || seeking ? (
            <Skeleton rows={5} height={64} />
          ) : (
            <EmptyState icon={spec.icon} title={t('resource.gone')} />
          )}
        </section>
      )}
    </div>
  )
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
