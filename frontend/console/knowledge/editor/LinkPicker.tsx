import { FileText, Search } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useI18n } from '../../i18n'
import { useRested } from '../../search/useSearch'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Skeleton } from '../../ui/states'
import { useArticles } from '../articles/ArticlesScreen'
import { StateBadges } from '../articles/StateBadges'
import type { ArticleRow } from '../types'

const MOST = 8
const ADDRESS = /^(https?:\/\/|mailto:|tel:)\S+$/

type LinkPickerProps = {
  open: boolean
  /** The language of the text: a slug is the same in all, its title is not. */
  locale: string
  onClose: () => void
  onPick: (words: string, target: string) => void
}

/** Where a link leads: to an article, which is found by words, or to an address. */
export function LinkPicker({ open, locale, onClose, onPick }: LinkPickerProps) {
  const { t } = useI18n()
  return (
    <Dialog open={open} onClose={onClose} title={t('link.title')}>
      <ArticlePicker
        locale={locale}
        onPick={(row) => onPick(row.title, `article:${row.slug}`)}
        onAddress={(url) => onPick(url, url)}
      />
    </Dialog>
  )
}

type ArticlePickerProps = {
  locale?: string
  onPick: (row: ArticleRow) => void
  onAddress?: (url: string) => void
}

/** Finds an article by words. */
export function ArticlePicker({ locale = '', onPick, onAddress }: ArticlePickerProps) {
  const { t } = useI18n()
  const [text, setText] = useState('')
  const q = useRested(text.trim())
  const found = useArticles({ q }, 2 * MOST)
  const rows = onePerSlug(found.data ?? [], locale).slice(0, MOST)
  const isAddress = onAddress !== undefined && ADDRESS.test(text.trim())
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isAddress) onAddress?.(text.trim())
    else if (rows[0] && q === text.trim()) onPick(rows[0])
  }
  return (
    <form onSubmit={submit} className="stack">
      <div className="search-box">
        <Search size={18} aria-hidden="true" />
        <input
          className="input"
          value={text}
          autoComplete="off"
          aria-label={t(onAddress ? 'link.search' : 'link.search_article')}
          placeholder={t(onAddress ? 'link.search' : 'link.search_article')}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {isAddress ? (
        <Button type="submit" variant="primary">
          {t('link.to_address')}
        </Button>
      ) : (
        <div className="choices" aria-busy={found.isFetching}>
          {found.isPending && <Skeleton rows={3} height={44} />}
          {found.isSuccess && rows.length === 0 && <p className="palette-empty">{t('resource.none')}</p>}
          {rows.map((row) => (
            <button key={row.id} type="button" className="choice" onClick={() => onPick(row)}>
              <FileText size={16} aria-hidden="true" />
              <span className="choice-text clip">{row.title}</span>
              <span className="muted">{row.locale.toUpperCase()}</span>
              {!row.live && <StateBadges of={{ ...row, audience: undefined }} />}
            </button>
          ))}
        </div>
      )}
    </form>
  )
}

/** Each answer once: in this language where there is one. */
export function onePerSlug(rows: ArticleRow[], locale: string): ArticleRow[] {
  const chosen = new Map<string, ArticleRow>()
  for (const row of rows) if (!chosen.has(row.slug) || row.locale === locale) chosen.set(row.slug, row)
  return [...chosen.values()]
}
