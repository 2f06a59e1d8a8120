import { CirclePause, CirclePlay } from 'lucide-react'
import { useMay } from '../app/me'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { Stopped } from './Stopped'
import type { Line } from './types'
import { usePause } from './useCalls'

/** Supervisors stop all dialling with one press, and start it again; everybody else sees how it stands. */
export function StopDialling({ lines }: { lines: Line[] }) {
  const { t } = useI18n()
  const supervises = useMay('supervise')
  const pause = usePause()
  const isStopped = lines.some((line) => line.paused_at)
  const runs = lines.some((line) => !line.paused_at)
  if (lines.length === 0 || !(supervises || isStopped)) return null
  return (
    <div className="stop-dialling">
      <Stopped line="" />
      {supervises && (
        <span className="stop-buttons">
          {isStopped && (
            <Button
              variant="primary"
              icon={CirclePlay}
              busy={pause.isPending}
              onClick={() => pause.mutate({ line: '', paused: false })}
            >
              {t('stop.resume')}
            </Button>
          )}
          {runs && (
            <Button
              variant="danger"
              icon={CirclePause}
              busy={pause.isPending}
              onClick={() => pause.mutate({ line: '', paused: true })}
            >
              {t('stop.stop')}
            </Button>
          )}
        </span>
      )}
    </div>
  )
}
