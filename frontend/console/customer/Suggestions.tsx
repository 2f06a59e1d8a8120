import { BookOpenCheck, CornerDownLeft, ExternalLink, FileText, Hash, Lock } from 'lucide-react'
import type { Suggestion, SuggestionReason } from '../api/types'
import { type Translate, useI18n } from '../i18n'
import { Button, Kbd } from '../ui/Button'
import { Skeleton } from '../ui/states'
import { WITH_KEY } from './useInsertKeys'
import { insertSuggestion, useSuggestions } from './useSuggestions'

export function Suggestions({ id, canInsert }: { id: string; canInsert: boolean }) {
  const { t } = useI18n()
  const found = useSuggestions(id)
  const items = found.data?.items ?? []
  return (
    <section className="context-section" aria-labelledby="suggestions-title">
      <h2 id="suggestions-title" className="section-title">
        <BookOpenCheck size={16} aria-hidden="true" />
        {t('suggestions.title')}
      </h2>
      {found.isPending && <Skeleton rows={2} height={64} />}
      {found.isError && <p className="muted">{t('suggestions.error')}</p>}
      {found.isSuccess && items.length === 0 && <p className="muted">{t('suggestions.empty')}</p>}
      <ol className="suggestions">
        {items.map((item, index) => (
          <SuggestionCard key={item.id} id={id} item={item} index={index} canInsert={canInsert} />
        ))}
      </ol>
    </section>
  )
}

type CardProps = { id: string; item: Suggestion; index: number; canInsert: boolean }

function SuggestionCard({ id, item, index, canInsert }: CardProps) {
  const { t } = useI18n()
  const Icon = item.kind === 'code' ? Hash : FileText
  return (
    <li className="suggestion">
      <p className="suggestion-title">
        <Icon size={14} aria-hidden="true" />
        {item.title}
        {item.audience !== 'public' && (
          <span className="badge badge-warn">
            <Lock size={12} aria-hidden="true" />
            {t(item.audience === 'internal' ? 'suggestions.internal' : 'suggestions.customer')}
          </span>
        )}
      </p>
      <p className="suggestion-text">{item.snippet}</p>
      <p className="suggestion-reason">{reasonText(item.reason, t)}</p>
      <div className="suggestion-actions">
        <Button small icon={CornerDownLeft} disabled={!canInsert} onClick={() => insertSuggestion(id, item)}>
          {t('suggestions.insert')}
          {index < WITH_KEY && <Kbd keys={`alt+${index + 1}`} />}
        </Button>
        {item.url && (
          <a className="button button-quiet button-small" href={item.url} target="_blank" rel="noopener">
            <ExternalLink size={16} aria-hidden="true" />
            {t('suggestions.open')}
          </a>
        )}
      </div>
    </li>
  )
}

function reasonText(reason: SuggestionReason, t: Translate): string {
  if (reason.code) return t('suggestions.by_code', { code: reason.code })
  return reason.words?.length ? t('suggestions.by_words', { words: reason.words.join(', ') }) : ''
}
