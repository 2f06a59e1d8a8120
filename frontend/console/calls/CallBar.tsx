import { PhoneCall, PhoneIncoming } from 'lucide-react'
import { Link } from '../app/Link'
import { useMe } from '../app/me'
import { type Route, to } from '../app/router'
import { useDetail } from '../conversation/useInteraction'
import { useI18n } from '../i18n'
import { CallClock } from './CallClock'
import { CallControls } from './CallControls'
import { isLive } from './call'
import { SoftphoneBar } from './SoftphoneBar'
import type { Call } from './types'
import { useMyCalls } from './useCalls'

/** The calls that I am on, on every screen; the open interaction shows its own in full. */
export function CallBar({ route }: { route: Route }) {
  const { t } = useI18n()
  const open = route.name === 'interaction' ? route.id : ''
  const calls = useMyCalls().filter((call) => call.interaction !== open || !call.interaction)
  return (
    <section className="call-bars" aria-label={t('call.bar')}>
      <SoftphoneBar />
      {calls.map((call) => (
        <OneCall key={call.id} call={call} />
      ))}
    </section>
  )
}

function OneCall({ call }: { call: Call }) {
  const { t } = useI18n()
  const me = useMe()
  const row = useDetail(call.interaction, call.interaction !== '').data?.row
  const Icon = call.direction === 'in' ? PhoneIncoming : PhoneCall
  return (
    <article className={isLive(call) ? 'call-bar' : 'call-bar call-bar-over'} aria-label={t('call.label')}>
      <Icon size={18} aria-hidden="true" />
      <div className="call-bar-who">
        <strong className="clip">{row?.customer.name || call.number || t('call.withheld')}</strong>
        <span className="muted clip">
          {row?.customer.name ? `${call.number} · ` : ''}
          {row?.first_words || call.line.name}
        </span>
      </div>
      <CallClock call={call} />
      <CallControls call={call} compact />
      {call.interaction && (
        <Link to={to.interaction(call.interaction)} className="button button-primary button-small">
          {t(!isLive(call) && call.agent?.id === me.id ? 'call.write_up' : 'call.open')}
        </Link>
      )}
    </article>
  )
}
