import { useQuery } from '@tanstack/react-query'
import { Link2, Unlink } from 'lucide-react'
import { api } from '../../api/client'
import { Link } from '../../app/Link'
import { to } from '../../app/router'
import { useI18n } from '../../i18n'
import { EmptyState, ErrorState, Skeleton } from '../../ui/states'
import type { ArticleName, BrokenLink } from '../types'
import { reasonKey } from './reasons'

type Broken = BrokenLink & { article: ArticleName }

/** Every link of every article that leads its readers nowhere. */
export function BrokenLinksScreen() {
  const { t } = useI18n()
  const list = useQuery({
    queryKey: ['kb-links'],
    queryFn: ({ signal }) => api.get<{ items: Broken[] }>('/api/kb/broken-links', signal),
  })
  const items = list.data?.items ?? []
  return (
    <div className="resource">
      <section className="resource-list" aria-label={t('links.title')}>
        <header className="resource-head">
          <div>
            <h1>{t('links.title')}</h1>
            <p className="muted">{t('links.intro')}</p>
          </div>
        </header>
        {list.isPending && <Skeleton rows={4} height={64} />}
        {list.isError && <ErrorState error={list.error} onRetry={() => list.refetch()} />}
        {list.isSuccess && items.length === 0 && (
          <EmptyState icon={Link2} title={t('links.none')} text={t('links.none_text')} />
        )}
        {items.length > 0 && (
          <ul className="lines">
            {items.map(({ article, line, text, target, reason }) => (
              <li key={`${article.id}:${line}:${target}:${text}`} className="broken">
                <Unlink size={18} aria-hidden="true" />
                <div>
                  <p>
                    <Link to={to.knowledge('articles', article.id)}>{article.title}</Link>{' '}
                    <span className="badge">{article.locale.toUpperCase()}</span>
                  </p>
                  <p>
                    {t('links.line', { n: line })}: <strong>{text || target}</strong>{' '}
                    <span className="muted mono">{target}</span>
                  </p>
                  <p className="muted">{t(reasonKey(reason))}</p>
                </div>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  )
}
