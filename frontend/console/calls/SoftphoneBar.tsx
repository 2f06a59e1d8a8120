import { Phone, PhoneIncoming, PhoneOff, RotateCw, TriangleAlert } from 'lucide-react'
import { useEffect } from 'react'
import { Link } from '../app/Link'
import { to } from '../app/router'
import { type Key, useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { useStore } from '../ui/useStore'
import { type Problem, softphone } from './softphone'
import { useMyPhone } from './usePhone'

export const PROBLEMS: Record<Problem, Key> = {
  not_configured: 'softphone.not_configured',
  no_microphone: 'softphone.no_microphone',
  unreachable: 'softphone.unreachable',
}

/** The softphone on every screen: it rings here, and says why it cannot. */
export function SoftphoneBar() {
  const { t } = useI18n()
  const kind = useMyPhone().data?.kind
  const { state, problem } = useStore(softphone.status)
  useEffect(() => {
    if (kind !== 'softphone') return
    softphone.start()
    return softphone.stop
  }, [kind])
  if (state === 'ringing') {
    return (
      <div className="call-bar call-bar-rings" role="alert">
        <PhoneIncoming size={18} aria-hidden="true" />
        <strong className="call-bar-who">{t('softphone.rings')}</strong>
        <Button small icon={PhoneOff} onClick={softphone.reject}>
          {t('softphone.reject')}
        </Button>
        <Button small variant="primary" icon={Phone} onClick={softphone.answer}>
          {t('softphone.answer')}
        </Button>
      </div>
    )
  }
  if (!problem) return null
  return (
    <div className="call-bar call-bar-problem" role="status">
      <TriangleAlert size={18} aria-hidden="true" />
      <span className="call-bar-who">{t(PROBLEMS[problem])}</span>
      <Button small icon={RotateCw} onClick={() => softphone.start()}>
        {t('common.retry')}
      </Button>
      <Link to={to.settings('my-phone')} className="button button-outline button-small">
        {t('phone.title')}
      </Link>
    </div>
  )
}
