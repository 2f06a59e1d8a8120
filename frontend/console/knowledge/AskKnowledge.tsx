import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { BookOpen, Search, SearchX } from 'lucide-react'
import { useState } from 'react'
import { api, withQuery } from '../api/client'
import type { Suggestion } from '../api/types'
import { useI18n } from '../i18n'
import { useRested } from '../search/useSearch'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'

const SHORTEST = 2

/** What knowledge says to a question, with the text to read. */
export function AskKnowledge() {
  const { t } = useI18n()
  const [text, setText] = useState('')
  const q = useRested(text.trim())
  const found = useQuery({
    queryKey: ['kb-suggest', q],
    enabled: q.length >= SHORTEST,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<{ items: Suggestion[] }>(withQuery('/api/kb/suggest', { q, limit: 10 }), signal),
  })
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('nav.knowledge')}</h1>
      </header>
      <div className="search-box">
        <Search size={18} aria-hidden="true" />
        <input
          type="search"
          className="input"
          value={text}
          aria-label={t('knowledge.ask')}
          placeholder={t('knowledge.ask')}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {q.length < SHORTEST && (
        <EmptyState icon={BookOpen} title={t('knowledge.start')} text={t('knowledge.start_text')} />
      )}
      {q.length >= SHORTEST && found.isPending && <Skeleton rows={3} height={80} />}
      {found.isError && <ErrorState error={found.error} onRetry={() => found.refetch()} />}
      {q.length >= SHORTEST && found.data?.items.length === 0 && (
        <EmptyState icon={SearchX} title={t('completion.none')} />
      )}
      {q.length >= SHORTEST &&
        found.data?.items.map((item) => (
          <article key={item.id} className="card">
            <h2 className="card-title">{item.title}</h2>
            <p className="answer">{item.text}</p>
          </article>
        ))}
    </div>
  )
}
