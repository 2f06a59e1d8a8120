import { Eye, Hourglass } from 'lucide-react'
import { useI18n } from '../i18n'
import { useStore } from '../ui/useStore'
import { useSessions } from './useCobrowse'
import { openView, openViews } from './views'

/** In the head of a conversation whose customer's page is shown: how it stands, and the way to it. */
export function CobrowseBadge({ interaction }: { interaction: string }) {
  const { t } = useI18n()
  const session = useSessions(interaction).data?.session
  const isOpen = useStore(openViews)[interaction] !== undefined
  if (!session) return null
  const isLive = session.state === 'viewing'
  const Icon = isLive ? Eye : Hourglass
  const words = t(isLive ? 'cobrowse.shown' : 'cobrowse.asked')
  const names = session.agents.map(({ name }) => name).join(', ')
  return (
    <span className={isLive ? 'badge badge-info' : 'badge'} title={names}>
      <Icon size={12} aria-hidden="true" />
      {words}
      {!isOpen && (
        <button type="button" className="badge-button" onClick={() => openView(interaction, session.id)}>
          {t('cobrowse.open')}
        </button>
      )}
    </span>
  )
}
