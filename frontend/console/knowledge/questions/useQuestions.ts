import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { api, withQuery } from '../../api/client'
import { reportError } from '../../app/errors'
import { type Key, useI18n } from '../../i18n'
import { showToast } from '../../ui/toast'
import type { Question, QuestionPage, QuestionState } from '../types'

const PATH = '/api/kb/questions'

/** What was asked, of one state or of one article; the newest first. */
export function useQuestions(filter: { state?: QuestionState; article?: string }) {
  return useInfiniteQuery({
    queryKey: ['kb-questions', filter],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api.get<QuestionPage>(withQuery(PATH, { ...filter, cursor: pageParam }), signal),
    getNextPageParam: (page) => page.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  })
}

const SAID: Record<QuestionState, Key> = {
  active: 'questions.accepted',
  waiting: 'questions.waits',
  removed: 'questions.removed',
}

/** Decides about a question; what it was before can be had back. */
export function useDecide() {
  const queries = useQueryClient()
  const { t } = useI18n()
  const send = async ({ id }: Question, state: QuestionState) => {
    try {
      await api.patch(`${PATH}/${id}`, { state })
      return true
    } catch (error) {
      reportError(error, t)
      return false
    } finally {
      await queries.invalidateQueries({ queryKey: ['kb-questions'] })
    }
  }
  return async (question: Question, state: QuestionState) => {
    if (!(await send(question, state))) return
    showToast('good', t(SAID[state]), { label: t('common.undo'), run: () => send(question, question.state) })
  }
}

/** Adds a question that an article answers. */
export function useAddQuestion(answer: string, locale: string) {
  const queries = useQueryClient()
  return async (text: string) => {
    await api.post(PATH, { text, answer, locale })
    await queries.invalidateQueries({ queryKey: ['kb-questions'] })
  }
}
