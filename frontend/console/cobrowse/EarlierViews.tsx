import { MonitorSmartphone } from 'lucide-react'
import { clock } from '../calls/call'
import { useI18n } from '../i18n'
import { RelativeTime } from '../ui/Time'
import { RecordingLine } from './RecordingLine'
import type { Earlier } from './types'
import { useSessions } from './useCobrowse'
import { reasonWords, scopesWords } from './words'

/** When this customer's page was seen in this conversation: by whom, how far, how long, why it ended. */
export function EarlierViews({ interaction }: { interaction: string }) {
  const { t } = useI18n()
  const earlier = useSessions(interaction).data?.earlier ?? []
  if (earlier.length === 0) return null
  return (
    <section className="context-section" aria-labelledby="views-title">
      <h2 id="views-title" className="section-title">
        <MonitorSmartphone size={16} aria-hidden="true" />
        {t('cobrowse.earlier')}
      </h2>
      <ol className="cobrowse-earlier">
        {earlier.map((session) => (
          <EarlierView key={session.id} session={session} />
        ))}
      </ol>
    </section>
  )
}

function EarlierView({ session }: { session: Earlier }) {
  const { t } = useI18n()
  const { agents, scopes, seconds, reason, by, ended_at, recordings } = session
  const who = by === 'customer' ? t('event.by_customer') : by
  return (
    <li>
      <span>{agents.join(', ') || t('cobrowse.nobody')}</span>
      <span className="muted">
        {[seconds ? clock(seconds) : '', scopesWords(scopes, t)].filter(Boolean).join(' · ')}{' '}
        <RelativeTime at={ended_at} />
      </span>
      <span className="muted">{reasonWords(reason, who, t)}</span>
      {recordings.map((recording) => (
        <RecordingLine key={recording.id} recording={recording} />
      ))}
    </li>
  )
}
