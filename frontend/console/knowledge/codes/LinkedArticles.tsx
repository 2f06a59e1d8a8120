import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useI18n } from '../../i18n'
import type { ControlProps } from '../../resource/spec'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { ArticlePicker } from '../editor/LinkPicker'

/** The articles that say more than the code does, by slug. */
export function LinkedArticles({ label, hint, error, value, onChange }: ControlProps) {
  const { t } = useI18n()
  const [isOpen, setOpen] = useState(false)
  const slugs = Array.isArray(value) ? value.map(String) : []
  return (
    <fieldset className="field" aria-invalid={error ? true : undefined}>
      <legend className="field-label">{label}</legend>
      {slugs.length > 0 && (
        <ul className="chips">
          {slugs.map((slug) => (
            <li key={slug} className="chip">
              <span className="clip">{slug}</span>
              <button
                type="button"
                className="icon-button icon-button-small"
                aria-label={t('pick.remove', { name: slug })}
                onClick={() => onChange(slugs.filter((other) => other !== slug))}
              >
                <X size={14} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Button small icon={Plus} className="remedy-add" onClick={() => setOpen(true)}>
        {t('code.link_article')}
      </Button>
      {hint && <p className="field-hint">{hint}</p>}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={t('code.link_article')}>
        <ArticlePicker
          onPick={({ name: slug }) => {
            setOpen(false)
            if (!slugs.includes(slug)) onChange([...slugs, slug])
          }}
        />
      </Dialog>
    </fieldset>
  )
}
