/** What an editor has before them: the article as it was read, what they have changed since, and who came between. Pure. */
import type { Article, Audience } from '../types'

/** What a person can write. The content is kept in versions; the rest holds at once. */
export type ArticleValues = {
  title: string
  summary: string
  body: string
  keywords: string
  locale: string
  slug: string
  audience: Audience
  category: string
  products: string[]
  models: string[]
}
export type Changes = Partial<ArticleValues>

export const CONTENT = ['title', 'summary', 'body', 'keywords'] as const
const NAMES = [...CONTENT, 'locale', 'slug', 'audience', 'category', 'products', 'models'] as const

/**
 * base      as the server has it; null for an article that does not exist yet
 * expected  the version that the words on screen were written upon
 * theirs    what somebody else has saved meanwhile, while it waits for a decision
 */
export type Editing = {
  base: Article | null
  start: ArticleValues
  values: ArticleValues
  expected: number
  theirs: Article | null
}
export type Edit =
  | { type: 'edit'; part: Changes }
  | { type: 'saved'; article: Article; sent: ArticleValues }
  | { type: 'arrived'; article: Article }
  | { type: 'conflict'; theirs: Article }
  | { type: 'decide_later' }
  | { type: 'keep_mine' }
  | { type: 'take_theirs' }
  | { type: 'discard' }
  | { type: 'bring_back'; changes: Changes; expected: number }

export function valuesOf(article: Article): ArticleValues {
  return pick(article)
}

/** An article that does not exist yet. */
export function freshValues(given: Changes): ArticleValues {
  return {
    title: '',
    summary: '',
    body: '',
    keywords: '',
    locale: 'de',
    slug: '',
    audience: 'public',
    category: '',
    products: [],
    models: [],
    ...given,
  }
}

export function startEditing(article: Article | null, given: Changes = {}): Editing {
  const start = article ? valuesOf(article) : freshValues(given)
  return { base: article, start, values: start, expected: article?.version ?? 0, theirs: null }
}

/** Only what differs. */
export function changesOf(values: ArticleValues, before: ArticleValues): Changes {
  const changed = NAMES.filter((name) => !same(values[name], before[name]))
  return Object.fromEntries(changed.map((name) => [name, values[name]]))
}

export function isDirty({ values, start }: Editing): boolean {
  return Object.keys(changesOf(values, start)).length > 0
}

/** Whether there are new words, which make a version. */
export function hasNewWords({ values, start }: Editing): boolean {
  return CONTENT.some((name) => values[name] !== start[name])
}

export function edited(state: Editing, edit: Edit): Editing {
  switch (edit.type) {
    case 'edit':
      return { ...state, values: { ...state.values, ...edit.part } }
    case 'saved': {
      // What was typed while the save was on its way is not in it.
      const start = valuesOf(edit.article)
      const since = changesOf(state.values, edit.sent)
      return { ...state, ...upon(edit.article), values: { ...start, ...since } }
    }
    case 'arrived': {
      if (!isDirty(state)) return { ...state, ...upon(edit.article), values: valuesOf(edit.article) }
      // Somebody is typing: what stands beside the text is shown, the text waits until it is saved.
      const isNewer = edit.article.version !== state.base?.version
      return isNewer ? state : { ...state, base: edit.article }
    }
    case 'conflict':
      return { ...state, theirs: edit.theirs }
    case 'decide_later':
      return { ...state, theirs: null }
    case 'keep_mine':
      if (!state.theirs) return state
      return {
        ...state,
        ...upon(state.theirs),
        values: { ...valuesOf(state.theirs), ...changesOf(state.values, state.start) },
      }
    case 'take_theirs':
      if (!state.theirs) return state
      return { ...state, ...upon(state.theirs), values: valuesOf(state.theirs) }
    case 'discard':
      return { ...state, values: state.start, expected: state.base?.version ?? 0 }
    case 'bring_back':
      return { ...state, values: { ...state.values, ...edit.changes }, expected: edit.expected }
  }
}

function upon(article: Article): Omit<Editing, 'values'> {
  return { base: article, start: valuesOf(article), expected: article.version, theirs: null }
}

function pick(from: ArticleValues): ArticleValues {
  return Object.fromEntries(NAMES.map((name) => [name, from[name]])) as ArticleValues
}

function same(one: string | string[], other: string | string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
