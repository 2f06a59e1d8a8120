import { BadgeCheck, CalendarClock, Hourglass, ShieldAlert, TriangleAlert, UserRound } from 'lucide-react'
import { memo } from 'react'
import type { Row } from '../api/types'
import { Link } from '../app/Link'
import { useMe } from '../app/me'
import { to } from '../app/router'
import { soonTime } from '../calls/request'
import { useI18n } from '../i18n'
import { ChannelIcon } from '../ui/Channel'
import { useNow } from '../ui/clock'
import { waitingLevel } from './waiting'

type QueueRowProps = { row: Row; open: boolean; gone: boolean }

export const QueueRow = memo(function QueueRow({ row, open, gone }: QueueRowProps) {
  const { t } = useI18n()
  const unread = row.unread > 0
  const classes = ['row', open ? 'row-open' : '', unread ? 'row-unread' : '', gone ? 'row-gone' : '']
    .filter(Boolean)
    .join(' ')
  return (
    <Link to={to.interaction(row.id)} className={classes} data-row={row.id} aria-current={open ? 'true' : undefined}>
      <ChannelIcon channel={row.channel} />
      <span className="row-name">
        <span className="clip">{row.customer.name || t('customer.unnamed')}</span>
        {row.customer.verified && (
          <BadgeCheck size={14} role="img" aria-label={t('customer.verified')} className="good" />
        )}
      </span>
      <Waiting row={row} />
      <span className="row-words">
        {row.subject && <span className="row-subject">{row.subject}</span>}
        <span>{row.first_words || (row.subject ? '' : t('queue.no_words'))}</span>
      </span>
      <span className="row-meta">
        <Holder row={row} />
        {row.team && <span className="badge clip">{row.team.name}</span>}
        {row.priority > 0 && (
          <span className="badge badge-warn">
            <TriangleAlert size={12} aria-hidden="true" />
            {t('queue.urgent')}
          </span>
        )}
        {row.quarantined && (
          <span className="badge badge-bad">
            <ShieldAlert size={12} aria-hidden="true" />
            {t('queue.quarantined')}
          </span>
        )}
        {unread && (
          <span className="unread">
            <span aria-hidden="true">{row.unread}</span>
            <span className="visually-hidden">{t('queue.unread', { n: row.unread })}</span>
          </span>
        )}
      </span>
    </Link>
  )
})

/** How long the customer has been waiting, and how near the promise is: by colour, icon and words. */
function Waiting({ row }: { row: Row }) {
  const { t, format } = useI18n()
  const now = useNow()
  const level = waitingLevel(row, now)
  if (row.not_before && row.state === 'waiting' && Date.parse(row.not_before) > now) {
    return <Due at={row.not_before} now={now} />
  }
  if (level === 'none' || !row.waiting_since) {
    const time = format.relativeShort(row.last_entry_at, now)
    return (
      <span className="row-time muted">
        <time dateTime={row.last_entry_at} title={format.exact(row.last_entry_at)}>
          {row.state === 'assigned' && row.last_from === 'agent' ? t('queue.answered', { time }) : time}
        </time>
      </span>
    )
  }
  const promise = row.promised_at
    ? t(level === 'bad' ? 'queue.promise_missed' : 'queue.promised_until', { time: format.exact(row.promised_at) })
    : t('queue.waiting_since', { time: format.exact(row.waiting_since) })
  return (
    <span className={`row-time waiting-${level}`} title={promise}>
      {level === 'ok' ? <Hourglass size={12} aria-hidden="true" /> : <TriangleAlert size={12} aria-hidden="true" />}
      <time dateTime={row.waiting_since}>{format.ago(row.waiting_since, now)}</time>
      <span className="visually-hidden">{promise}</span>
    </span>
  )
}

/** An appointment of later: nobody waits yet. */
function Due({ at, now }: { at: string; now: number }) {
  const { t, format } = useI18n()
  return (
    <span className="row-time muted" title={format.exact(at)}>
      <CalendarClock size={12} aria-hidden="true" />
      <time dateTime={at}>{t('queue.due', { time: soonTime(at, now, format) })}</time>
    </span>
  )
}

function Holder({ row }: { row: Row }) {
  const { t } = useI18n()
  const me = useMe()
  if (row.state === 'closed') return <span className="row-holder">{t('state.closed')}</span>
  if (row.state === 'offered') return <span className="row-holder">{t('state.offered')}</span>
  if (!row.assigned_to) return <span className="row-holder">{t('state.waiting')}</span>
  return (
    <span className="row-holder row-held clip">
      <UserRound size={12} aria-hidden="true" />
      {row.assigned_to.id === me.id ? t('queue.you') : row.assigned_to.name}
    </span>
  )
}
