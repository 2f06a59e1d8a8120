import { CircleAlert, FileText, Search } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useI18n } from '../../i18n'
import { useRested } from '../../search/useSearch'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Skeleton } from '../../ui/states'
import { StateBadges } from '../articles/StateBadges'
import { type Choice, useChoices } from './choices'

const ADDRESS = /^(https?:\/\/|mailto:|tel:)\S+$/

type LinkPickerProps = {
  open: boolean
  /** The language of the text: a slug is the same in all, its title is not. */
  locale: string
  onClose: () => void
  onPick: (words: string, target: string) => void
}

/** Where a link leads: to an article or an error code, which are found by words, or to an address. */
export function LinkPicker({ open, locale, onClose, onPick }: LinkPickerProps) {
  const { t } = useI18n()
  return (
    <Dialog open={open} onClose={onClose} title={t('link.title')}>
      <ArticlePicker
        locale={locale}
        onPick={({ words, target }) => onPick(words, target)}
        onAddress={(url) => onPick(url, url)}
      />
    </Dialog>
  )
}

type ArticlePickerProps = {
  locale?: string
  onPick: (choice: Choice) => void
  /** Whoever takes an address takes an error code, too. */
  onAddress?: (url: string) => void
}

/** Finds an article by words. */
export function ArticlePicker({ locale = '', onPick, onAddress }: ArticlePickerProps) {
  const { t } = useI18n()
  const [text, setText] = useState('')
  const q = useRested(text.trim())
  const { choices, isPending, isFetching } = useChoices(q, locale, onAddress !== undefined)
  const isAddress = onAddress !== undefined && ADDRESS.test(text.trim())
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isAddress) onAddress?.(text.trim())
    else if (choices[0] && q === text.trim()) onPick(choices[0])
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
        <div className="choices" aria-busy={isFetching}>
          {isPending && <Skeleton rows={3} height={44} />}
          {!isPending && !isFetching && choices.length === 0 && <p className="palette-empty">{t('resource.none')}</p>}
          {choices.map((choice) => (
            <ChoiceLine key={choice.id} choice={choice} onPick={() => onPick(choice)} />
          ))}
        </div>
      )}
    </form>
  )
}

function ChoiceLine({ choice: { kind, words, locale, standing }, onPick }: { choice: Choice; onPick: () => void }) {
  const Icon = kind === 'code' ? CircleAlert : FileText
  return (
    <button type="button" className="choice" onClick={onPick}>
      <Icon size={16} aria-hidden="true" />
      <span className="choice-text clip">{words}</span>
      <span className="muted">{locale.toUpperCase()}</span>
      {!standing.live && <StateBadges of={standing} />}
    </button>
  )
}
