/** What can be done with an article in its state, by whom. Pure. */
import type { ArticleState } from '../types'

/** `save` and `save_draft` differ in what readers get: the words of a draft are not theirs yet. */
export type Act =
  | 'create'
  | 'save'
  | 'save_draft'
  | 'submit'
  | 'publish'
  | 'publish_changes'
  | 'publish_again'
  | 'schedule'
  | 'reschedule'
  | 'revise'
  | 'drop_changes'
  | 'retire'
  | 'delete'
export type Offered = { primary: Act | null; second: Act | null; more: Act[] }

export type Standing = {
  state: ArticleState
  live: boolean
  /** It was never published, nor is it shown. */
  isNew: boolean
  isDirty: boolean
  hasNewWords: boolean
  mayPublish: boolean
}

/** The state that an act asks for; undefined = it stays. */
export const STATE_OF: Partial<Record<Act, ArticleState>> = {
  save_draft: 'draft',
  submit: 'in_review',
  publish: 'published',
  publish_changes: 'published',
  publish_again: 'published',
  schedule: 'scheduled',
  reschedule: 'scheduled',
  revise: 'draft',
  retire: 'retired',
}

/** One thing to do first, one beside it, the others in a menu. */
export function actsFor(standing: Standing): Offered {
  return standing.mayPublish ? forPublisher(standing) : forAuthor(standing)
}

/** What saving by the keyboard does: never anything that readers would see at once. */
export function quietSave(standing: Standing): Act | null {
  if (standing.isNew) return 'create'
  if (!standing.isDirty) return null
  const { primary, second } = actsFor(standing)
  return [second, primary].find((act) => act === 'save' || act === 'save_draft') ?? null
}

function forPublisher(standing: Standing): Offered {
  const { state, live, isNew, isDirty, hasNewWords } = standing
  if (isNew) return { primary: 'create', second: null, more: ['submit', 'publish', 'schedule'] }
  const publish = live ? 'publish_changes' : 'publish'
  switch (state) {
    case 'draft':
      return {
        primary: publish,
        second: isDirty ? 'save' : null,
        more: ['submit', 'schedule', ...(live ? (['drop_changes', 'retire'] as const) : (['delete'] as const))],
      }
    case 'in_review':
      return {
        primary: publish,
        second: isDirty ? 'save' : null,
        more: ['revise', 'schedule', ...(live ? (['retire'] as const) : [])],
      }
    case 'scheduled':
      return {
        primary: isDirty ? 'save' : publish,
        second: isDirty ? publish : null,
        more: ['reschedule', 'revise', ...(live ? (['retire'] as const) : [])],
      }
    case 'published':
      if (hasNewWords)
        return { primary: 'publish_changes', second: 'save_draft', more: ['submit', 'schedule', 'retire'] }
      return { primary: isDirty ? 'save' : null, second: null, more: ['retire'] }
    case 'retired':
      return { primary: 'publish_again', second: isDirty ? 'save' : null, more: ['revise'] }
  }
}

function forAuthor({ state, isNew, isDirty, hasNewWords, live }: Standing): Offered {
  if (isNew) return { primary: 'create', second: null, more: ['submit'] }
  switch (state) {
    case 'draft':
      return { primary: 'submit', second: isDirty ? 'save' : null, more: live ? [] : ['delete'] }
    case 'in_review':
      return { primary: isDirty ? 'save' : null, second: null, more: ['revise'] }
    case 'published':
      if (hasNewWords) return { primary: 'submit', second: 'save_draft', more: [] }
      return { primary: isDirty ? 'save' : null, second: null, more: [] }
    case 'retired':
      return { primary: isDirty ? 'save_draft' : null, second: null, more: ['revise'] }
    case 'scheduled':
      // What a publisher has decided stays, words and all, until one takes it back.
      return { primary: isDirty && !hasNewWords ? 'save' : null, second: null, more: [] }
  }
}
