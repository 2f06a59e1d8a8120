import { ChevronRight, type LucideIcon } from 'lucide-react'
import { RadioGroup } from 'radix-ui'
import { type ReactNode, useId } from 'react'
import type { FieldErrors } from '../../api/client'
import { useI18n } from '../../i18n'
import { Field, TextField } from '../../ui/Field'
import { AUDIENCES, LANGUAGES } from '../articles/words'
import { useCategoryOptions, useProducts } from '../catalogue'
import { ArticleQuestions } from '../questions/ArticleQuestions'
import type { Audience } from '../types'
import { ArticleFiles } from './ArticleFiles'
import { ArticleLinks } from './ArticleLinks'
import { PickMany } from './PickMany'
import { SaveNote } from './SaveNote'
import { Translations } from './Translations'
import type { EditorModel } from './useEditor'
import { Versions } from './Versions'

type PanelProps = { editor: EditorModel; errors: FieldErrors }

/** Everything about an article but its words. */
export function SidePanel({ editor, errors }: PanelProps) {
  const { t } = useI18n()
  const { base } = editor.state
  return (
    <div className="side">
      <SaveNote editor={editor} />
      <Readers editor={editor} errors={errors} />
      <Section title={t('article.sorting')} open>
        <Sorting editor={editor} errors={errors} />
      </Section>
      {base && (
        <>
          <Section title={t('article.translations')} count={base.translations.length} open={base.outdated}>
            <Translations editor={editor} article={base} />
          </Section>
          <Section title={t('article.files')} count={base.files.length}>
            <ArticleFiles editor={editor} article={base} />
          </Section>
          <Section
            title={t('article.links')}
            count={base.links.from.length + base.links.broken.length}
            open={base.links.broken.length > 0}
          >
            <ArticleLinks links={base.links} />
          </Section>
          <Section title={t('versions.title')} count={base.version}>
            <Versions editor={editor} article={base} />
          </Section>
          <Section title={t('questions.title')}>
            <ArticleQuestions article={base.id} locale={base.locale} />
          </Section>
        </>
      )}
    </div>
  )
}

type SectionProps = { title: string; count?: number; open?: boolean; icon?: LucideIcon; children: ReactNode }

function Section({ title, count, open, children }: SectionProps) {
  const { format } = useI18n()
  return (
    <details className="side-section" open={open}>
      <summary>
        <ChevronRight size={16} aria-hidden="true" />
        <h2>{title}</h2>
        {count !== undefined && count > 0 && <span className="segment-count">{format.number(count)}</span>}
      </summary>
      <div className="side-body">{children}</div>
    </details>
  )
}

/** Who may read it: it holds at once, for a restriction must not wait for a review. */
function Readers({ editor, errors }: PanelProps) {
  const { t } = useI18n()
  const id = useId()
  const { values, edit, standing } = editor
  const locked = standing.live && !standing.mayPublish
  return (
    <div className="side-section side-body">
      <fieldset className="field">
        <legend className="field-label">{t('article.audience')}</legend>
        <RadioGroup.Root
          className="audiences"
          value={values.audience}
          disabled={locked}
          aria-label={t('article.audience')}
          onValueChange={(audience) => edit({ audience: audience as Audience })}
        >
          {AUDIENCES.map(({ value, label, hint, icon: Icon }) => (
            <RadioGroup.Item
              key={value}
              value={value}
              className="audience"
              data-audience={value}
              aria-labelledby={`${id}-${value}`}
              aria-describedby={`${id}-${value}-hint`}
            >
              <Icon size={16} aria-hidden="true" />
              <span className="audience-words">
                <span id={`${id}-${value}`}>{t(label)}</span>
                <span id={`${id}-${value}-hint`} className="muted">
                  {t(hint)}
                </span>
              </span>
              <RadioGroup.Indicator className="audience-chosen" />
            </RadioGroup.Item>
          ))}
        </RadioGroup.Root>
        {locked && <p className="field-hint">{t('article.audience_locked')}</p>}
        {errors.audience && (
          <p role="alert" className="field-error">
            {errors.audience}
          </p>
        )}
      </fieldset>
    </div>
  )
}

/** It holds at once, too; only the words of customers belong to a version. */
function Sorting({ editor, errors }: PanelProps) {
  const { t } = useI18n()
  const { values, edit, standing, state } = editor
  const locked = standing.live && !standing.mayPublish
  const categories = useCategoryOptions()
  const products = useProducts()
  const models = products.flatMap((product) =>
    product.models.map((model) => ({
      value: `${product.key}/${model.key}`,
      label: `${product.name} · ${model.name}`,
      product: product.key,
    })),
  )
  const fitting = models.filter(({ product }) => values.products.length === 0 || values.products.includes(product))
  const address = values.slug !== '' && values.slug !== state.base?.slug
  return (
    <>
      <fieldset className="stack" disabled={locked}>
        <Field label={t('article.category')} error={errors.category}>
          {(control) => (
            <select
              {...control}
              className="select"
              value={values.category}
              onChange={(event) => edit({ category: event.target.value })}
            >
              <option value="">{t('article.no_category')}</option>
              {categories.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <PickMany
          label={t('article.products')}
          add={t('article.add_product')}
          none={t('article.all_products')}
          error={errors.products}
          value={values.products}
          options={products.map(({ key, name }) => ({ value: key, label: name }))}
          onChange={(chosen) => edit({ products: chosen })}
        />
        <PickMany
          label={t('article.models')}
          add={t('article.add_model')}
          none={t('article.all_models')}
          error={errors.models}
          value={values.models}
          options={fitting.length > 0 ? fitting : models}
          onChange={(chosen) => edit({ models: chosen })}
        />
        <Field label={t('field.language')} error={errors.locale}>
          {(control) => (
            <select
              {...control}
              className="select"
              value={values.locale}
              onChange={(event) => edit({ locale: event.target.value })}
            >
              {LANGUAGES.map(({ value, label }) => (
                <option key={value} value={value}>
                  {t(label)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField
          mono
          label={t('article.slug')}
          hint={t(standing.isNew ? 'article.slug_new' : address ? 'article.slug_moves' : 'article.slug_hint')}
          error={errors.slug}
          value={values.slug}
          onChange={(slug) => edit({ slug })}
        />
        {locked && <p className="field-hint">{t('article.sorting_locked')}</p>}
      </fieldset>
      <TextField
        multiline
        rows={2}
        label={t('article.keywords')}
        hint={t('article.keywords_hint')}
        error={errors.keywords}
        value={values.keywords}
        onChange={(keywords) => edit({ keywords })}
      />
    </>
  )
}
