import { useQueryClient } from '@tanstack/react-query'
import { CirclePlay, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { api } from '../api/client'
import { useMe } from '../app/me'
import { useI18n } from '../i18n'
import { IconButton } from '../ui/Button'
import { removeLater } from '../ui/removeLater'
import type { Recording } from './types'

/** A recording of a session: it is played in a document of its own and leaves by no other way. */
export function RecordingLine({ recording }: { recording: Recording }) {
  const { t, format } = useI18n()
  const queries = useQueryClient()
  const maySupervise = useMe().permissions.includes('supervise')
  const [isGone, setGone] = useState(false)
  const { id, ended_at, until, removed_at, removed_by, can_play } = recording
  const refresh = () => {
    setGone(false)
    return queries.invalidateQueries({ queryKey: ['cobrowse'] })
  }
  const remove = () => {
    setGone(true)
    removeLater(() => api.remove(`/api/cobrowse/recordings/${id}`), t('recording.removed'), refresh, t)
  }
  if (isGone) return null
  if (removed_at) {
    const time = format.date(removed_at)
    return (
      <span className="muted">
        {removed_by ? t('recording.gone_by', { by: removed_by, time }) : t('recording.gone', { time })}
      </span>
    )
  }
  return (
    <span className="cobrowse-recording">
      {can_play ? (
        <a href={`/console/cobrowse-view/?recording=${id}`} target="_blank" rel="noopener">
          <CirclePlay size={16} aria-hidden="true" />
          {t('recording.play')}
        </a>
      ) : (
        <span>{t('recording.kept')}</span>
      )}
      {until && ended_at && <span className="muted">{t('recording.until', { time: format.date(until) })}</span>}
      {maySupervise && ended_at && <IconButton icon={Trash2} label={t('recording.remove')} onClick={remove} />}
    </span>
  )
}
