import { useMutation } from '@tanstack/react-query'
import { Check, CheckCheck, CircleAlert, Clock3, CloudOff } from 'lucide-react'
import { api } from '../api/client'
import type { Entry, Row } from '../api/types'
import { reportError } from '../app/errors'
import { useSend } from '../composer/useSend'
import { type Translate, useI18n } from '../i18n'
import { useLive } from '../live/context'
import type { PendingEntry } from '../live/log'
import { withDelivery } from '../live/log'
import { Button } from '../ui/Button'
import { useStore } from '../ui/useStore'

/** How far an outgoing message has come: icon and word, with the reason and a way out when it failed. */
export function Delivery({ entry, row, last }: { entry: Entry; row: Row; last: boolean }) {
  const { t } = useI18n()
  const live = useLive()
  const seen = (useStore(live.seenByCustomer)[row.id] ?? 0) >= entry.s
  const resend = useMutation({
    mutationFn: () => api.post(`/api/interactions/${row.id}/resend`, { entry: entry.id }),
    onSuccess: () => live.log(row.id).update((log) => withDelivery(log, entry.s, 'pending')),
    onError: (error) => reportError(error, t),
  })
  if (entry.delivery === 'failed') {
    return (
      <p className="delivery delivery-failed">
        <CircleAlert size={14} aria-hidden="true" />
        <span>{entry.error ? t('delivery.failed_why', { reason: entry.error }) : t('delivery.failed')}</span>
        <Button small variant="quiet" busy={resend.isPending} onClick={() => resend.mutate()}>
          {t('delivery.resend')}
        </Button>
      </p>
    )
  }
  if (entry.delivery === 'pending') {
    return (
      <p className="delivery">
        <Clock3 size={14} aria-hidden="true" />
        {pendingText(entry, t)}
      </p>
    )
  }
  if (!last && !seen) return null
  return (
    <p className="delivery">
      {seen ? <CheckCheck size={14} aria-hidden="true" className="good" /> : <Check size={14} aria-hidden="true" />}
      {seen ? t('delivery.seen') : entry.to ? t('delivery.sent_to', { to: entry.to }) : t('delivery.sent')}
    </p>
  )
}

/** What could not leave yet is tried for days: whoever waits for it must see why. */
function pendingText(entry: Entry, t: Translate): string {
  if (entry.error) return t('delivery.retrying', { reason: entry.error })
  return entry.to ? t('delivery.pending_to', { to: entry.to }) : t('delivery.pending')
}

/** An own message that the server has not confirmed yet, or has refused. */
export function PendingState({ entry, interaction }: { entry: PendingEntry; interaction: string }) {
  const { t } = useI18n()
  const { retry, takeBack } = useSend(interaction)
  if (entry.failed === null) {
    return (
      <p
        className={entry.waiting ? 'delivery delivery-waiting' : 'delivery'}
        role={entry.waiting ? 'status' : undefined}
      >
        {entry.waiting ? <CloudOff size={14} aria-hidden="true" /> : <Clock3 size={14} aria-hidden="true" />}
        {t(entry.waiting ? 'delivery.waiting' : 'delivery.saving')}
      </p>
    )
  }
  return (
    <p className="delivery delivery-failed" role="alert">
      <CircleAlert size={14} aria-hidden="true" />
      <span>{t('delivery.failed_why', { reason: entry.failed })}</span>
      <Button small variant="quiet" onClick={() => retry(entry)}>
        {t('delivery.resend')}
      </Button>
      <Button small variant="quiet" onClick={() => takeBack(entry)}>
        {t('delivery.edit')}
      </Button>
    </p>
  )
}
