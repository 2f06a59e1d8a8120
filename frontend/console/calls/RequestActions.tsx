import { CalendarClock, PhoneCall, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { describeError, reportError } from '../app/errors'
import { useMay, useMe } from '../app/me'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { removeLater } from '../ui/removeLater'
import { mayBeChanged } from './request'
import { SlotPicker } from './SlotPicker'
import type { CallRequest } from './types'
import { useRequestCommand } from './useCalls'

type ActionsProps = { request: CallRequest }

/** Call now, another time, or not at all: for who has it, and supervisors. */
export function RequestActions({ request }: ActionsProps) {
  const { t } = useI18n()
  const me = useMe()
  const supervises = useMay('supervise')
  const command = useRequestCommand(request.interaction)
  const [moving, setMoving] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const isMine = request.assigned_to?.id === me.id
  if (!(isMine || supervises) || !mayBeChanged(request)) return null
  const callNow = () => command.mutate({ name: 'call-now' }, { onError: (error) => reportError(error, t) })
  const cancel = () => {
    setLeaving(true)
    removeLater(
      () => command.mutateAsync({ name: 'cancel' }),
      t('request.cancelled_name', { name: nameOf(request) }),
      () => setLeaving(false),
      t,
    )
  }
  return (
    <span className="request-actions">
      <Button small icon={PhoneCall} busy={command.isPending} disabled={leaving} onClick={callNow}>
        {t('request.call_now')}
      </Button>
      <Button small icon={CalendarClock} disabled={leaving} onClick={() => setMoving(true)}>
        {t('request.move')}
      </Button>
      <Button small variant="quiet" icon={X} disabled={leaving} onClick={cancel}>
        {t('request.cancel')}
      </Button>
      {moving && <MoveDialog request={request} onClose={() => setMoving(false)} />}
    </span>
  )
}

export function nameOf(request: CallRequest): string {
  return request.name || request.customer.name || request.number
}

function MoveDialog({ request, onClose }: ActionsProps & { onClose: () => void }) {
  const { t } = useI18n()
  const [wanted, setWanted] = useState('')
  const command = useRequestCommand(request.interaction)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    command.mutate({ name: 'move', body: { wanted_at: wanted } }, { onSuccess: onClose })
  }
  return (
    <Dialog open onClose={onClose} title={t('request.move_title', { name: nameOf(request) })}>
      <form className="stack" onSubmit={submit}>
        <SlotPicker line={request.line.id} interaction={request.interaction} value={wanted} onChange={setWanted} />
        {command.error && (
          <p role="alert" className="callout callout-bad">
            {describeError(command.error, t)}
          </p>
        )}
        <div className="dialog-actions">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" disabled={!wanted} busy={command.isPending}>
            {t('request.move')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
