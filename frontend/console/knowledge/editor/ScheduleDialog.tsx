import { type FormEvent, useState } from 'react'
import { useI18n } from '../../i18n'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { futureMoment, localMoment, nextMorning, ownZone } from './moment'

type ScheduleProps = { open: boolean; at: string | null; onClose: () => void; onChoose: (at: string) => void }

/** When readers shall see it, on the clock of the person who chooses. */
export function ScheduleDialog({ open, at, onClose, onChoose }: ScheduleProps) {
  const { t } = useI18n()
  return (
    <Dialog open={open} onClose={onClose} title={t('schedule.title')} description={t('schedule.text')}>
      <Choice at={at} onClose={onClose} onChoose={onChoose} />
    </Dialog>
  )
}

function Choice({ at, onClose, onChoose }: Omit<ScheduleProps, 'open'>) {
  const { t } = useI18n()
  const [local, setLocal] = useState(() => (at ? localMoment(new Date(at)) : nextMorning(new Date())))
  const [error, setError] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const moment = futureMoment(local, new Date())
    if (moment) onChoose(moment)
    else setError(t('schedule.past'))
  }
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Field label={t('schedule.when')} hint={t('schedule.zone', { zone: ownZone() })} error={error}>
        {(control) => (
          <input
            {...control}
            type="datetime-local"
            className="input"
            value={local}
            min={localMoment(new Date())}
            onChange={(event) => setLocal(event.target.value)}
          />
        )}
      </Field>
      <div className="dialog-actions">
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary">
          {t('schedule.do')}
        </Button>
      </div>
    </form>
  )
}
