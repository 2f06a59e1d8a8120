import { Check, RotateCcw, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMay } from '../../app/me'
import { type Key, useI18n } from '../../i18n'
import { Button, IconButton } from '../../ui/Button'
import { RelativeTime } from '../../ui/Time'
import type { Question } from '../types'
import { useDecide } from './useQuestions'

const SOURCES: Record<Question['source'], Key> = {
  inserted: 'questions.by_agent',
  solved: 'questions.by_customer',
  editor: 'questions.by_editor',
}

/** A question, who says that it is answered, and what can be decided about it: which ones rank, by who may publish. */
export function QuestionLine({ question, children }: { question: Question; children?: ReactNode }) {
  const { t } = useI18n()
  const decide = useDecide()
  const mayPublish = useMay('publish_knowledge')
  const { text, locale, source, times, last_at, state } = question
  return (
    <li className="question">
      <div className="question-words">
        <p className="question-text" lang={locale}>
          {text}
        </p>
        <p className="muted">
          {state === 'waiting' && !mayPublish && `${t('questions.waiting')} · `}
          {t(SOURCES[source])} · {t('questions.times', { n: times })} · <RelativeTime at={last_at} />
        </p>
        {children}
      </div>
      <div className="question-actions">
        {state === 'waiting' && mayPublish && (
          <Button small icon={Check} onClick={() => decide(question, 'active')}>
            {t('questions.accept')}
          </Button>
        )}
        {state === 'removed' && mayPublish && (
          <Button small icon={RotateCcw} onClick={() => decide(question, 'active')}>
            {t('questions.back')}
          </Button>
        )}
        {state !== 'removed' && (mayPublish || state === 'waiting') && (
          <IconButton
            icon={Trash2}
            label={t('questions.remove', { text })}
            onClick={() => decide(question, 'removed')}
          />
        )}
      </div>
    </li>
  )
}
