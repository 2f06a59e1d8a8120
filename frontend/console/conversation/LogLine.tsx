import { Lock } from 'lucide-react'
import { memo } from 'react'
import type { Entry, Row } from '../api/types'
import { useI18n } from '../i18n'
import type { PendingEntry } from '../live/log'
import { Avatar } from '../ui/Avatar'
import { ChannelIcon, channelKey } from '../ui/Channel'
import { useNow } from '../ui/clock'
import { ClockTime } from '../ui/Time'
import { Delivery, PendingState } from './Delivery'
import { eventLine } from './eventText'
import { Files } from './Files'
import type { LogItem } from './grouping'
import { MessageBody } from './MessageBody'
import { Warnings } from './Warnings'

export const LogLine = memo(function LogLine({ item, row }: { item: LogItem; row: Row }) {
  const { t } = useI18n()
  switch (item.type) {
    case 'day':
      return <DayLine at={item.at} />
    case 'channel':
      return (
        <p className="log-channel">
          <ChannelIcon channel={item.channel} silent size={14} />
          {t(channelKey(item.channel))}
        </p>
      )
    case 'new':
      return (
        <p className="log-new">
          <span>{t('log.new_line')}</span>
        </p>
      )
    case 'event':
      return <EventLine entry={item.entry} />
    case 'entry':
      return <SpokenEntry entry={item.entry} first={item.first} last={item.last} row={row} />
    case 'pending':
      return <PendingLine entry={item.entry} first={item.first} row={row} />
  }
})

function DayLine({ at }: { at: string }) {
  const { format } = useI18n()
  const now = useNow()
  return (
    <h2 className="log-day">
      <time dateTime={at} title={format.exact(at)}>
        {format.day(at, now)}
      </time>
    </h2>
  )
}

/** A promise names one moment, the promised one: a second time beside it would be taken for it. */
function EventLine({ entry }: { entry: Entry }) {
  const { t, format } = useI18n()
  if (!entry.event) return null
  const { icon: Icon, text } = eventLine(entry.event, t, format)
  return (
    <p className="log-event">
      <Icon size={14} aria-hidden="true" />
      <span>{text}</span>
      {entry.event.name !== 'promised' && <ClockTime at={entry.at} />}
    </p>
  )
}

type SpokenProps = { entry: Entry; first: boolean; last: boolean; row: Row }

function SpokenEntry({ entry, first, last, row }: SpokenProps) {
  const { t } = useI18n()
  const side = entry.kind === 'note' ? 'note' : entry.from === 'customer' ? 'theirs' : 'ours'
  const name = entry.name || (entry.from === 'customer' ? row.customer.name || t('customer.unnamed') : t('log.system'))
  return (
    <article className={`said said-${side} ${first ? 'said-first' : ''}`} aria-label={t('log.said_by', { name })}>
      {first ? <Avatar name={name} /> : <span className="avatar-space" />}
      <div className="said-content">
        {first && <SaidHead entry={entry} name={name} at={entry.at} />}
        <div className="bubble">
          {entry.warnings && <Warnings warnings={entry.warnings} />}
          {entry.subject && first && <p className="bubble-subject">{entry.subject}</p>}
          <MessageBody entry={entry} interaction={row.id} />
          <Files files={entry.files} />
        </div>
        {entry.delivery !== '' && <Delivery entry={entry} row={row} last={last} />}
      </div>
    </article>
  )
}

function PendingLine({ entry, first, row }: { entry: PendingEntry; first: boolean; row: Row }) {
  const { t } = useI18n()
  return (
    <article
      className={`said said-${entry.kind === 'note' ? 'note' : 'ours'} said-pending ${first ? 'said-first' : ''}`}
      aria-label={t('log.said_by', { name: entry.name })}
    >
      {first ? <Avatar name={entry.name} /> : <span className="avatar-space" />}
      <div className="said-content">
        {first && <SaidHead entry={entry} name={entry.name} at={entry.at} />}
        <div className="bubble">
          <p className="bubble-text">{entry.body}</p>
          {entry.files.map((file) => (
            <p key={file.id} className="muted">
              {file.name}
            </p>
          ))}
        </div>
        <PendingState entry={entry} interaction={row.id} />
      </div>
    </article>
  )
}

function SaidHead({ entry, name, at }: { entry: Entry | PendingEntry; name: string; at: string }) {
  const { t } = useI18n()
  const automatic = 'automatic' in entry && entry.automatic
  return (
    <header className="said-head">
      <strong className="clip">{name}</strong>
      {entry.kind === 'note' && (
        <span className="badge badge-note">
          <Lock size={12} aria-hidden="true" />
          {t('log.note')}
        </span>
      )}
      {automatic && <span className="badge">{t('log.automatic')}</span>}
      <ClockTime at={at} />
    </header>
  )
}
