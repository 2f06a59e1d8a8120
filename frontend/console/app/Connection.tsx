import { CloudOff, LoaderCircle, Wifi } from 'lucide-react'
import { useI18n } from '../i18n'
import { useLive } from '../live/context'
import { useStore } from '../ui/useStore'

/** Whether news arrive by themselves; quiet while all is well, in words when not. */
export function Connection() {
  const { t } = useI18n()
  const status = useStore(useLive().client.status)
  if (status === 'online') {
    return (
      <span className="connection connection-online" title={t('connection.online')}>
        <Wifi size={16} role="img" aria-label={t('connection.online')} />
      </span>
    )
  }
  if (status === 'refused') {
    return (
      <button type="button" className="connection connection-bad" onClick={() => location.reload()}>
        <CloudOff size={16} aria-hidden="true" />
        <span className="connection-text">{t('connection.refused')}</span>
      </button>
    )
  }
  return (
    <span className="connection connection-warn" role="status">
      <LoaderCircle size={16} aria-hidden="true" className="spin" />
      <span className="connection-text">{t('connection.connecting')}</span>
    </span>
  )
}
