import { CornerDownRight, MessageCircleQuestion } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { Link } from '../../app/Link'
import { useMay } from '../../app/me'
import { to } from '../../app/router'
import { type Key, useI18n } from '../../i18n'
import { Button } from '../../ui/Button'
import { EmptyState, ErrorState, Skeleton } from '../../ui/states'
import type { QuestionState } from '../types'
import { QuestionLine } from './QuestionLine'
import { useQuestions } from './useQuestions'

const STATES = [
  {
    state: 'waiting',
    label: 'questions.waiting',
    empty: 'questions.none_waiting',
    text: 'questions.waiting_text',
    toAuthors: 'questions.waiting_text_author',
  },
  {
    state: 'active',
    label: 'questions.active',
    empty: 'questions.none_active',
    text: 'questions.active_text',
    toAuthors: 'questions.active_text',
  },
  {
    state: 'removed',
    label: 'questions.gone',
    empty: 'questions.none_gone',
    text: 'questions.gone_text',
    toAuthors: 'questions.gone_text_author',
  },
] as const satisfies { state: QuestionState; label: Key; empty: Key; text: Key; toAuthors: Key }[]

/** What the search has learnt from people; what waits for a decision comes first. */
export function QuestionsScreen() {
  const { t } = useI18n()
  const mayPublish = useMay('publish_knowledge')
  const [state, setState] = useState<QuestionState>('waiting')
  const chosen = STATES.find((one) => one.state === state) ?? STATES[0]
  return (
    <div className="resource">
      <section className="resource-list" aria-label={t('questions.title')}>
        <header className="resource-head">
          <div>
            <h1>{t('questions.title')}</h1>
            <p className="muted">{t('questions.intro')}</p>
          </div>
        </header>
        <Tabs.Root value={state} onValueChange={(next) => setState(next as QuestionState)}>
          <div className="filters">
            <Tabs.List className="segments segments-small" aria-label={t('questions.states')}>
              {STATES.map(({ state: one, label }) => (
                <Tabs.Trigger key={one} value={one} className="segment">
                  {t(label)}
                </Tabs.Trigger>
              ))}
            </Tabs.List>
            <p className="muted">{t(mayPublish ? chosen.text : chosen.toAuthors)}</p>
          </div>
          {STATES.map((one) => (
            <Tabs.Content key={one.state} value={one.state}>
              <Questions state={one.state} empty={one.empty} />
            </Tabs.Content>
          ))}
        </Tabs.Root>
      </section>
    </div>
  )
}

function Questions({ state, empty }: { state: QuestionState; empty: Key }) {
  const { t } = useI18n()
  const list = useQuestions({ state })
  const items = list.data ?? []
  if (list.isPending) return <Skeleton rows={5} height={72} />
  if (list.isError) return <ErrorState error={list.error} onRetry={() => list.refetch()} />
  if (items.length === 0) return <EmptyState icon={MessageCircleQuestion} title={t(empty)} />
  return (
    <>
      <ul className="lines" aria-busy={list.isFetching}>
        {items.map((question) => (
          <QuestionLine key={question.id} question={question}>
            <Link
              to={to.knowledge(question.answer.kind === 'code' ? 'codes' : 'articles', question.answer.id)}
              className="question-answer"
            >
              <CornerDownRight size={14} aria-hidden="true" />
              <span className="clip">{question.answer.title}</span>
            </Link>
          </QuestionLine>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="quiet" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </>
  )
}
