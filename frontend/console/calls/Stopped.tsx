import { CirclePause } from 'lucide-react'
import { useI18n } from '../i18n'
import { useLines } from './useCalls'

/** Says that nobody is called now, on this line or ("") on any; to agents too, who would wait for their telephone. */
export function Stopped({ line }: { line: string }) {
  const { t, format } = useI18n()
  const lines = useLines().data ?? []
  const stopped = lines.filter((one) => one.paused_at && (line === '' || one.id === line))
  const [first] = stopped
  if (!first?.paused_at) return null
  const isAll = stopped.length === lines.filter((one) => one.active).length
  return (
    <p className="callout callout-warn stopped" role="status">
      <CirclePause size={18} aria-hidden="true" />
      <span>
        <strong>
          {isAll || line
            ? t('stop.stopped')
            : t('stop.stopped_lines', { lines: stopped.map((one) => one.name).join(', ') })}
        </strong>{' '}
        {t('stop.stopped_text', { time: format.exact(first.paused_at) })}
      </span>
    </p>
  )
}
