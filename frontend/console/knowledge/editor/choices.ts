/** What a link may lead to, found by words: articles, and error codes where they are wanted. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, withQuery } from '../../api/client'
import type { Page } from '../../api/types'
import { useArticles } from '../articles/ArticlesScreen'
import type { Shown } from '../articles/words'
import type { ArticleRow, CodeRow } from '../types'

const MOST = 8

/** `name`: the slug of an article, or a code as people write it. `target` is what stands in Markdown. */
export type Choice = {
  id: string
  kind: 'article' | 'code'
  name: string
  words: string
  target: string
  locale: string
  /** What editors are about with it; readers see it when it is live. */
  standing: Shown
}

type Found = { choices: Choice[]; isPending: boolean; isFetching: boolean }

/** Error codes are looked for once something is typed: there may be ten thousand, and the newest is nobody's guess. */
export function useChoices(q: string, locale: string, withCodes: boolean): Found {
  const articles = useArticles({ q }, 2 * MOST)
  const codes = useQuery({
    queryKey: ['kb-codes-to-link', q],
    enabled: withCodes && q !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<Page<CodeRow>>(withQuery('/api/kb/error-codes', { q, limit: 2 * MOST }), signal),
  })
  const found = withCodes && q ? onePerTarget((codes.data?.items ?? []).map(codeChoice), locale) : []
  return {
    choices: mixed(onePerTarget((articles.data ?? []).map(articleChoice), locale), found, q),
    isPending: articles.isPending,
    isFetching: articles.isFetching || codes.isFetching,
  }
}

export function articleChoice(row: ArticleRow): Choice {
  const { id, slug, title, locale } = row
  const standing = { ...row, audience: undefined }
  return { id, kind: 'article', name: slug, words: title, target: `article:${slug}`, locale, standing }
}

export function codeChoice({ id, code, link, device_family, meaning, locale, state }: CodeRow): Choice {
  const standing = { state, live: state === 'published', outdated: false }
  const words = `${code} (${device_family}): ${meaning}`
  return { id, kind: 'code', name: code, words, target: link, locale, standing }
}

/** Each answer once: in this language where there is one. */
export function onePerTarget(choices: Choice[], locale: string): Choice[] {
  const chosen = new Map<string, Choice>()
  for (const choice of choices) {
    if (!chosen.has(choice.target) || choice.locale === locale) chosen.set(choice.target, choice)
  }
  return [...chosen.values()]
}

/** Some of both; the codes go first where a digit was typed. */
export function mixed(articles: Choice[], codes: Choice[], q: string): Choice[] {
  const few = codes.slice(0, Math.max(MOST / 2, MOST - articles.length))
  const others = articles.slice(0, MOST - few.length)
  return /\d/.test(q) ? [...few, ...others] : [...others, ...few]
}
