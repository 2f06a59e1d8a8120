import { Compass } from 'lucide-react'
import { useI18n } from '../i18n'
import { EmptyState } from '../ui/states'
import { Link } from './Link'
import { to } from './router'

export function LostScreen() {
  const { t } = useI18n()
  return (
    <EmptyState heading="h1" icon={Compass} title={t('lost.title')} text={t('lost.text')}>
      <Link to={to.queue()} className="button button-primary">
        {t('lost.action')}
      </Link>
    </EmptyState>
  )
}
