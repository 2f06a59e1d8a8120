import { useQuery } from '@tanstack/react-query'
import { FileX } from 'lucide-react'
import { useState } from 'react'
import { ApiError, api } from '../../api/client'
import { Link } from '../../app/Link'
import { go, to, useLocation } from '../../app/router'
import { useI18n } from '../../i18n'
import { NEW } from '../../resource/spec'
import { EmptyState, ErrorState, Skeleton } from '../../ui/states'
import type { Article } from '../types'
import { Editor } from './Editor'
import { type Changes, valuesOf } from './editing'

/** One article, or a new one; what is given in the address is written into it already. */
export function ArticleScreen({ id }: { id: string }) {
  const { language } = useI18n()
  const { query } = useLocation()
  const [made, setMade] = useState<{ id: string; session: number } | null>(null)
  const source = id === NEW ? query.get('from') : null
  const article = useArticle(id === NEW ? null : id)
  const original = useArticle(source)
  const session = made ? (made.id === id ? made.session : made.session + 1) : 0
  // The editor of a new article goes on as that of the created one: nobody who types is interrupted.
  const isMade = made?.id === id
  if (id !== NEW && !isMade && !article.data) return <Waiting query={article} />
  if (source && !original.data) return <Waiting query={original} />
  return (
    <Editor
      key={id === NEW || isMade ? `${NEW}${session}` : id}
      article={id === NEW ? null : (article.data ?? null)}
      given={
        original.data
          ? translationOf(original.data, query.get('locale') ?? 'en')
          : { locale: language, ...givenIn(query) }
      }
      draftKey={isMade ? id : id === NEW ? `${NEW}.${source ?? ''}.${query.get('locale') ?? ''}` : id}
      onCreated={(created) => {
        setMade({ id: created.id, session })
        go(to.knowledge('articles', created.id), { replace: true })
      }}
    />
  )
}

export function useArticle(id: string | null) {
  return useQuery({
    queryKey: ['kb-article', id],
    enabled: id !== null,
    queryFn: ({ signal }) => api.get<Article>(`/api/kb/articles/${id}`, signal),
  })
}

function Waiting({ query }: { query: ReturnType<typeof useArticle> }) {
  const { t } = useI18n()
  if (query.error instanceof ApiError && query.error.status === 404) {
    return (
      <EmptyState icon={FileX} title={t('resource.gone')}>
        <Link to={to.knowledge()} className="button button-outline">
          {t('articles.all')}
        </Link>
      </EmptyState>
    )
  }
  if (query.error) return <ErrorState error={query.error} onRetry={() => query.refetch()} />
  return <Skeleton rows={8} height={64} />
}

/** The same slug makes it a translation; the words of the original are what is written over. */
function translationOf(original: Article, locale: string): Changes {
  return { ...valuesOf(original), locale }
}

/** A question that nothing answers yet becomes the title and the words to find it by. */
function givenIn(query: URLSearchParams): Changes {
  const question = query.get('question') ?? ''
  const locale = query.get('locale')
  return { title: question.slice(0, 200), keywords: question.slice(0, 500), ...(locale ? { locale } : {}) }
}
