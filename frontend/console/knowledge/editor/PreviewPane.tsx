import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { api } from '../../api/client'
import { describeError } from '../../app/errors'
import { useI18n } from '../../i18n'
import { useRested } from '../../search/useSearch'
import { reasonKey } from '../links/reasons'
import type { Preview } from '../types'
import type { ArticleValues } from './editing'

const REST_MS = 350
const KEEP_MS = 30_000

/** The article as readers will get it, a moment after it was typed. */
export function PreviewPane({ values }: { values: ArticleValues }) {
  const { t } = useI18n()
  const body = useRested(values.body, REST_MS)
  const preview = useQuery({
    queryKey: ['kb-preview', body],
    enabled: body.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: KEEP_MS,
    gcTime: KEEP_MS,
    queryFn: () => api.post<Preview>('/api/kb/preview', { body }),
  })
  const shown = body.trim() ? preview.data : undefined
  return (
    <div className="preview" aria-busy={preview.isFetching}>
      {preview.isError && (
        <p role="alert" className="callout callout-bad callout-small">
          {describeError(preview.error, t)}
        </p>
      )}
      {shown && shown.problems.length > 0 && (
        <ul className="callout callout-warn callout-small preview-problems">
          {shown.problems.map(({ line, text, target, reason }) => (
            <li key={`${line}:${target}:${text}`}>
              <TriangleAlert size={14} aria-hidden="true" />
              {t('preview.dead_link', { line, text: text || target })} {t(reasonKey(reason))}
            </li>
          ))}
        </ul>
      )}
      <article className="prose prose-reader" lang={values.locale}>
        <h2 className="prose-title">{values.title.trim() || t('articles.add')}</h2>
        {values.summary.trim() && <p className="prose-lead">{values.summary}</p>}
        {shown ? <Body html={shown.html} /> : <p className="muted">{t('preview.empty')}</p>}
      </article>
    </div>
  )
}

/** The server has cleaned this by its list of allowed elements, and the page's policy runs no script from it. */
function Body({ html }: { html: string }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: cleaned by the server, see above
  return <div className="prose-body" dangerouslySetInnerHTML={{ __html: html }} />
}
