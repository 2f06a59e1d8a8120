/** Error codes, categories and device families, as descriptions for the one form. */
import { FolderOpen, Hash, MonitorSmartphone } from 'lucide-react'
import { type Key, useI18n } from '../i18n'
import type { FieldSpec, Filter, Item, ResourceSpec } from '../resource/spec'
import { AUDIENCES, LANGUAGES } from './articles/words'
import { nameIn, useProducts } from './catalogue'
import { CodeTools } from './codes/CodeTools'
import { DeviceField } from './codes/DeviceField'
import { LinkedArticles } from './codes/LinkedArticles'
import { StepsField } from './codes/StepsField'
import type { CodeState, DeviceModel } from './types'

const STATES: { value: CodeState; label: Key }[] = [
  { value: 'draft', label: 'article.draft' },
  { value: 'published', label: 'article.published' },
  { value: 'retired', label: 'article.retired' },
]
const SEVERITIES: { value: string; label: Key }[] = [
  { value: 'info', label: 'severity.info' },
  { value: 'warning', label: 'severity.warning' },
  { value: 'fault', label: 'severity.fault' },
  { value: 'danger', label: 'severity.danger' },
]
const STATE_LABELS = Object.fromEntries(STATES.map(({ value, label }) => [value, label])) as Record<string, Key>
const SEVERITY_LABELS = Object.fromEntries(SEVERITIES.map(({ value, label }) => [value, label])) as Record<string, Key>
const HIGHEST_LEVEL = 9

const locale: FieldSpec = { name: 'locale', label: 'field.language', kind: 'choice', options: LANGUAGES }
const text = (item: Item, name: string) => String(item[name] ?? '')

/** Whoever may not publish writes drafts: a code has no versions, so that readers see every change at once. */
export function codesFor(mayPublish: boolean): ResourceSpec {
  const states = mayPublish ? STATES : STATES.slice(0, 1)
  return {
    api: '/api/kb/error-codes',
    title: 'codes.title',
    intro: 'codes.intro',
    one: 'codes.one',
    add: 'codes.add',
    empty: 'codes.empty',
    icon: Hash,
    long: true,
    useFilters: useCodeFilters,
    Tools: CodeTools,
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
      state: states.at(-1)?.value === 'draft' ? 'draft' : 'published',
      articles: [],
    }),
    line: (item, t) => ({
      title: `${text(item, 'code')} · ${text(item, 'meaning')}`,
      text: [
        text(item, 'device_family'),
        text(item, 'locale').toUpperCase(),
        t(SEVERITY_LABELS[text(item, 'severity')] ?? 'severity.fault'),
      ].join(' · '),
      badge: item.state === 'published' ? undefined : t(STATE_LABELS[text(item, 'state')] ?? 'article.draft'),
      muted: item.state !== 'published',
    }),
    fields: [
      { name: 'code', label: 'code.code', required: true, kind: 'text', mono: true, fixed: true },
      {
        name: 'device_family',
        label: 'article.device_family',
        hint: 'code.device_hint',
        required: true,
        kind: 'own',
        Control: DeviceField,
        fixed: true,
      },
      { ...locale, fixed: true },
      { name: 'meaning', label: 'code.meaning', required: true, kind: 'text' },
      { name: 'severity', label: 'code.severity', kind: 'choice', options: SEVERITIES },
      { name: 'cause', label: 'code.cause', kind: 'area', rows: 3 },
      { name: 'remedy', label: 'code.remedy', hint: 'code.remedy_hint', kind: 'own', Control: StepsField },
      { name: 'parts', label: 'code.parts', hint: 'code.parts_hint', kind: 'lines' },
      {
        name: 'support_level',
        label: 'code.level',
        hint: 'code.level_hint',
        kind: 'number',
        min: 1,
        max: HIGHEST_LEVEL,
      },
      {
        name: 'articles',
        label: 'code.articles',
        hint: 'code.articles_hint',
        kind: 'own',
        Control: LinkedArticles,
      },
      { name: 'audience', label: 'article.audience', kind: 'choice', options: AUDIENCES },
      {
        name: 'state',
        label: 'article.state',
        hint: mayPublish ? 'article.state_hint' : 'code.draft_hint',
        kind: 'choice',
        options: states,
      },
    ],
  }
}

function useCodeFilters(): Filter[] {
  const { t } = useI18n()
  const products = useProducts()
  return [
    {
      name: 'family',
      label: t('article.device_family'),
      all: t('codes.all_devices'),
      options: products
        .filter(({ codes }) => codes > 0)
        .map(({ key, name, codes }) => ({ value: key, label: t('codes.of_device', { name, n: codes }) })),
    },
    {
      name: 'locale',
      label: t('field.language'),
      all: t('articles.all_languages'),
      options: LANGUAGES.map(({ value, label }) => ({ value, label: t(label) })),
    },
  ]
}

/** The shelves of the help pages, in the order in which readers see them. */
export function categoriesFor(language: string): ResourceSpec {
  return {
    api: '/api/kb/categories',
    title: 'categories.title',
    intro: 'categories.intro',
    one: 'categories.one',
    add: 'categories.add',
    empty: 'categories.empty',
    icon: FolderOpen,
    ordered: true,
    fresh: () => ({ names: {}, descriptions: {}, slug: '' }),
    line: (item, t) => ({
      title: nameIn(item.names as Record<string, string>, language) || text(item, 'slug'),
      text: t('categories.articles', { n: Number(item.articles) }),
    }),
    fields: [
      { name: 'names', label: 'field.name', kind: 'texts' },
      { name: 'descriptions', label: 'categories.description', kind: 'texts', rows: 2 },
      { name: 'slug', label: 'article.slug', hint: 'categories.slug_hint', kind: 'text', mono: true },
    ],
    remove: 'resource.remove',
  }
}

/** Device families and their models. */
export function productsFor(): ResourceSpec {
  return {
    api: '/api/kb/products',
    title: 'products.title',
    intro: 'products.intro',
    one: 'products.one',
    add: 'products.add',
    empty: 'products.empty',
    icon: MonitorSmartphone,
    fresh: () => ({ name: '', models: [] }),
    opened: (item) => ({ models: (item.models as DeviceModel[]).map(({ name }) => name) }),
    line: (item, t) => ({
      title: text(item, 'name'),
      text: [
        t('products.models', { n: (item.models as DeviceModel[]).length }),
        t('products.codes', { n: Number(item.codes) }),
        t('categories.articles', { n: Number(item.articles) }),
      ].join(' · '),
    }),
    fields: [
      { name: 'name', label: 'field.name', required: true, kind: 'text' },
      { name: 'models', label: 'article.models', hint: 'products.models_hint', kind: 'lines', rows: 6 },
    ],
    remove: 'resource.remove',
    mayRemove: (item) => item.codes === 0,
  }
}
