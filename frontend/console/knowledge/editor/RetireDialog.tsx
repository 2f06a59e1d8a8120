import { Link } from '../../app/Link'
import { to } from '../../app/router'
import { useI18n } from '../../i18n'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import type { ArticleName } from '../types'

const MOST = 8

type RetireProps = { open: boolean; from: ArticleName[]; onClose: () => void; onConfirm: () => void }

/** Asks where others link here: their readers would come to nothing. */
export function RetireDialog({ open, from, onClose, onConfirm }: RetireProps) {
  const { t } = useI18n()
  return (
    <Dialog open={open} onClose={onClose} title={t('retire.title')} description={t('retire.text')}>
      {from.length > 0 && (
        <div className="callout callout-warn">
          <p>{t('retire.linked', { n: from.length })}</p>
          <ul className="plain-list">
            {from.slice(0, MOST).map((article) => (
              <li key={article.id}>
                <Link to={to.knowledge('articles', article.id)}>{article.title}</Link> ({article.locale.toUpperCase()})
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button variant="danger" onClick={onConfirm}>
          {t('act.retire')}
        </Button>
      </div>
    </Dialog>
  )
}
