import { Languages, Plus } from 'lucide-react'
import { useState } from 'react'
import { withQuery } from '../../api/client'
import { Link } from '../../app/Link'
import { to } from '../../app/router'
import { useI18n } from '../../i18n'
import { NEW } from '../../resource/spec'
import { Button } from '../../ui/Button'
import { showToast } from '../../ui/toast'
import { StateBadges } from '../articles/StateBadges'
import { LANGUAGES } from '../articles/words'
import type { Article } from '../types'
import { DiffDialog } from './DiffDialog'
import type { EditorModel } from './useEditor'

/** The same answer in other languages, and whether it still says the same. */
export function Translations({ editor, article }: { editor: EditorModel; article: Article }) {
  const { t } = useI18n()
  const missing = LANGUAGES.filter(
    ({ value }) => value !== article.locale && !article.translations.some(({ locale }) => locale === value),
  )
  return (
    <>
      {article.outdated && <Outdated editor={editor} article={article} />}
      <ul className="side-list">
        {article.translations.map((other) => (
          <li key={other.id}>
            <Link to={to.knowledge('articles', other.id)} className="side-line">
              <span className="badge">{other.locale.toUpperCase()}</span>
              <span className="clip">{other.title}</span>
            </Link>
            <StateBadges of={other} />
          </li>
        ))}
      </ul>
      {missing.map(({ value, label }) => (
        <Link
          key={value}
          to={withQuery(to.knowledge('articles', NEW), { from: article.id, locale: value })}
          className="button button-outline button-small"
        >
          <Plus size={16} aria-hidden="true" />
          {t('translation.add', { language: t(label) })}
        </Link>
      ))}
    </>
  )
}

function Outdated({ editor, article }: { editor: EditorModel; article: Article }) {
  const { t } = useI18n()
  const [isOpen, setOpen] = useState(false)
  const { original, original_changed: changed } = article
  const isUpToDate = () =>
    editor.save('save', { translated: true }).then((saved) => saved && showToast('good', t('translation.marked')))
  return (
    <div className="callout callout-warn callout-small">
      <p>
        <Languages size={16} aria-hidden="true" />
        {t('translation.outdated')}
      </p>
      <div className="callout-actions">
        {original && changed && (
          <Button small onClick={() => setOpen(true)}>
            {t('translation.what')}
          </Button>
        )}
        {!editor.standing.isDirty && (
          <Button small busy={editor.busy === 'save'} onClick={isUpToDate}>
            {t('translation.done')}
          </Button>
        )}
      </div>
      {original && changed && (
        <DiffDialog
          open={isOpen}
          onClose={() => setOpen(false)}
          title={t('translation.original_changed')}
          article={original}
          from={changed.from}
          to={changed.to}
        />
      )}
    </div>
  )
}
