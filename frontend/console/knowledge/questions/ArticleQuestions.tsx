import { type FormEvent, useState } from 'react'
import { describeError } from '../../app/errors'
import { useMay } from '../../app/me'
import { useI18n } from '../../i18n'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/Field'
import { ErrorState, Skeleton } from '../../ui/states'
import { QuestionLine } from './QuestionLine'
import { useAddQuestion, useQuestions } from './useQuestions'

const LONGEST = 300

/** The questions by which people come to one article. */
export function ArticleQuestions({ article, locale }: { article: string; locale: string }) {
  const { t } = useI18n()
  const mayPublish = useMay('publish_knowledge')
  const list = useQuestions({ article })
  const items = (list.data ?? []).filter(({ state }) => state !== 'removed')
  return (
    <>
      <p className="muted">{t(mayPublish ? 'questions.article_text' : 'questions.article_text_author')}</p>
      {list.isPending && <Skeleton rows={2} height={48} />}
      {list.isError && <ErrorState error={list.error} onRetry={() => list.refetch()} />}
      <ul className="side-list">
        {items.map((question) => (
          <QuestionLine key={question.id} question={question} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button small variant="quiet" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
      <AddQuestion article={article} locale={locale} />
    </>
  )
}

function AddQuestion({ article, locale }: { article: string; locale: string }) {
  const { t } = useI18n()
  const add = useAddQuestion(article, locale)
  const [text, setText] = useState('')
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!text.trim()) return setError(t('form.required'))
    setBusy(true)
    setError('')
    try {
      await add(text.trim())
      setText('')
    } catch (problem) {
      setError(describeError(problem, t))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={submit} className="question-add" noValidate>
      <TextField label={t('questions.new')} value={text} error={error} maxLength={LONGEST} onChange={setText} />
      <Button type="submit" small busy={busy}>
        {t('questions.add')}
      </Button>
    </form>
  )
}
