import { KeyRound } from 'lucide-react'
import { Link } from '../app/Link'
import { to } from '../app/router'
import { useI18n } from '../i18n'
import type { Item } from '../resource/spec'
import { CopyBox } from '../ui/CopyBox'

/** The one time that a key is shown. */
export function NewKey({ item }: { item: Item }) {
  const { t } = useI18n()
  return (
    <div className="form">
      <header className="form-head">
        <h2>
          <KeyRound size={20} aria-hidden="true" />
          {t('api_keys.made')}
        </h2>
      </header>
      <p className="callout callout-warn">{t('api_keys.once')}</p>
      <CopyBox label={t('api_keys.one')} text={String(item.key ?? '')} />
      <Link to={to.settings('api-keys')} className="button button-primary">
        {t('common.done')}
      </Link>
    </div>
  )
}
