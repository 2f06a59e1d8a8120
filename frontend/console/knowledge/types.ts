/** What the API of knowledge sends to editors. */
import type { Page } from '../api/types'

export type ArticleState = 'draft' | 'in_review' | 'scheduled' | 'published' | 'retired'
export type Audience = 'public' | 'customer' | 'internal'
export type Severity = 'info' | 'warning' | 'fault' | 'danger'
export type CodeState = 'draft' | 'published' | 'retired'

/** A line of the list. `live`: readers see version `live_version`, whatever the newest is. */
export type ArticleRow = {
  id: string
  slug: string
  locale: string
  title: string
  summary: string
  category: string
  products: string[]
  models: string[]
  audience: Audience
  state: ArticleState
  live: boolean
  version: number
  live_version: number | null
  publish_at: string | null
  outdated: boolean
  updated_at: string
  updated_by: string | null
}
/** An error code as a line of a list; `link` is how Markdown points to it. */
export type CodeRow = {
  id: string
  code: string
  device_family: string
  locale: string
  meaning: string
  state: 'draft' | 'published' | 'retired'
  link: string
}
export type Translation = Pick<ArticleRow, 'id' | 'locale' | 'title' | 'state' | 'live' | 'outdated'>
export type ArticleName = Pick<ArticleRow, 'id' | 'title' | 'locale'>
export type BrokenLink = { line: number; text: string; target: string; reason: string }
export type KnowledgeFile = {
  id: string
  filename: string
  content_type: string
  size: number
  is_image: boolean
  url: string
  markdown: string
}
/** An article in its newest version. `path`: where readers find it. */
export type Article = ArticleRow & {
  body: string
  html: string
  keywords: string
  translations: Translation[]
  original: string | null
  original_changed: { from: number; to: number } | null
  links: { broken: BrokenLink[]; from: ArticleName[] }
  files: KnowledgeFile[]
  path: string
}

export type VersionRow = {
  number: number
  title: string
  at: string
  by: string | null
  minor: boolean
  comment: string
  live: boolean
}
export type Version = Omit<VersionRow, 'minor' | 'live'> & {
  summary: string
  body: string
  keywords: string
  html: string
}
export type DiffLine = { op: 'same' | 'add' | 'del'; text: string }
export type FieldDiff = { field: string; lines: DiffLine[] }
export type Diff = { from: number; to: number; fields: FieldDiff[] }
export type Preview = { html: string; problems: BrokenLink[] }

export type Category = {
  id: string
  slug: string
  names: Partial<Record<string, string>>
  descriptions: Partial<Record<string, string>>
  position: number
  articles: number
}
export type DeviceModel = { key: string; name: string }
export type Product = {
  id: string
  key: string
  name: string
  models: DeviceModel[]
  codes: number
  articles: number
}

export type ImportProblem = { line: number; field: string; value: string; message: string }
/** What one line would change. */
export type ImportChange = {
  line: number
  family: string
  code: string
  locale: string
  is_new: boolean
  fields: { field: string }[]
}
/** `problems` and `changes` are the first of them. */
export type ImportResult = {
  rows: number
  new: number
  changed: number
  same: number
  wrong: number
  problems: ImportProblem[]
  problem_count: number
  changes: ImportChange[]
}

export type QuestionState = 'active' | 'waiting' | 'removed'
/** `source`: an agent who sent the answer, a customer whom it helped, an editor. */
export type Question = {
  id: string
  text: string
  locale: string
  source: 'inserted' | 'solved' | 'editor'
  state: QuestionState
  times: number
  last_at: string
  answer: { id: string; kind: 'article' | 'code'; title: string }
}
export type QuestionPage = Page<Question>
