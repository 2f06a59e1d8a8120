/** Articles and error codes, as descriptions for the one form. */
import { FileText, Hash } from 'lucide-react'
import type { Key } from '../i18n'
import type { FieldSpec, Item, ResourceSpec } from '../resource/spec'

const STATES: { value: string; label: Key }[] = [
  { value: 'draft', label: 'article.draft' },
  { value: 'published', label: 'article.published' },
  { value: 'retired', label: 'article.retired' },
]
const STATE_LABELS = Object.fromEntries(STATES.map(({ value, label }) => [value, label])) as Record<string, Key>

const audience: FieldSpec = {
  name: 'audience',
  label: 'article.audience',
  kind: 'choice',
  options: [
    { value: 'public', label: 'article.public' },
    { value: 'internal', label: 'article.internal' },
  ],
}
const locale: FieldSpec = {
  name: 'locale',
  label: 'field.language',
  kind: 'choice',
  options: [
    { value: 'de', label: 'language.de' },
    { value: 'en', label: 'language.en' },
  ],
}
const text = (item: Item, name: string) => String(item[name] ?? '')

export const ARTICLES: ResourceSpec = {
  api: '/api/kb/articles',
  title: 'articles.title',
  intro: 'articles.intro',
  one: 'articles.one',
  add: 'articles.add',
  empty: 'articles.empty',
  icon: FileText,
  fresh: () => ({
    title: '',
    locale: 'de',
    state: 'draft',
    audience: 'public',
    summary: '',
    body: '',
    category: '',
    keywords: '',
    device_family: '',
  }),
  line: (item, t, format) => ({
    title: text(item, 'title'),
    text: [text(item, 'locale').toUpperCase(), text(item, 'category'), format.date(text(item, 'updated_at'))]
      .filter(Boolean)
      .join(' · '),
    badge: t(STATE_LABELS[text(item, 'state')] ?? 'article.draft'),
    muted: item.state !== 'published',
  }),
  fields: [
    { name: 'title', label: 'article.title', required: true, kind: 'text' },
    { name: 'state', label: 'article.state', hint: 'article.state_hint', kind: 'choice', options: STATES },
    locale,
    audience,
    { name: 'summary', label: 'article.summary', hint: 'article.summary_hint', kind: 'area', rows: 2 },
    { name: 'body', label: 'article.body', hint: 'article.body_hint', kind: 'markdown' },
    { name: 'category', label: 'article.category', kind: 'text' },
    { name: 'device_family', label: 'article.device_family', kind: 'text' },
    { name: 'keywords', label: 'article.keywords', hint: 'article.keywords_hint', kind: 'text' },
  ],
}

export const CODES: ResourceSpec = {
  api: '/api/kb/error-codes',
  title: 'codes.title',
  intro: 'codes.intro',
  one: 'codes.one',
  add: 'codes.add',
  empty: 'codes.empty',
  icon: Hash,
  fresh: () => ({
    device_family: '',
    code: '',
    locale: 'de',
    severity: 'fault',
    meaning: '',
    cause: '',
    remedy: [],
    parts: [],
    support_level: 1,
    audience: 'public',
    state: 'published',
  }),
  line: (item, t) => ({
    title: `${text(item, 'code')} · ${text(item, 'meaning')}`,
    text: [text(item, 'device_family'), text(item, 'locale').toUpperCase()].join(' · '),
    badge: item.state === 'published' ? undefined : t(STATE_LABELS[text(item, 'state')] ?? 'article.draft'),
  }),
  fields: [
    { name: 'code', label: 'code.code', required: true, kind: 'text', mono: true, fixed: true },
    { name: 'device_family', label: 'article.device_family', required: true, kind: 'text', fixed: true },
    { ...locale, fixed: true },
    { name: 'meaning', label: 'code.meaning', required: true, kind: 'text' },
    {
      name: 'severity',
      label: 'code.severity',
      kind: 'choice',
      options: [
        { value: 'info', label: 'severity.info' },
        { value: 'warning', label: 'severity.warning' },
        { value: 'fault', label: 'severity.fault' },
        { value: 'danger', label: 'severity.danger' },
      ],
    },
    { name: 'cause', label: 'code.cause', kind: 'area', rows: 3 },
    { name: 'remedy', label: 'code.remedy', hint: 'code.remedy_hint', kind: 'lines', rows: 5 },
    { name: 'parts', label: 'code.parts', hint: 'code.parts_hint', kind: 'lines' },
    { name: 'support_level', label: 'code.level', hint: 'code.level_hint', kind: 'number', min: 1, max: 3 },
    audience,
    { name: 'state', label: 'article.state', hint: 'article.state_hint', kind: 'choice', options: STATES },
  ],
}
