import { useMe } from '../app/me'
import { useI18n } from '../i18n'
import { useLive } from '../live/context'
import { useStore } from '../ui/useStore'

export function Typing({ id }: { id: string }) {
  const { t } = useI18n()
  const me = useMe()
  const heard = useStore(useLive().client.typing)[id]
  const typing = heard?.by === 'staff' && heard.name === me.name ? undefined : heard
  return (
    <p className="typing" aria-live="polite">
      {typing && (
        <>
          <span className="typing-dots" aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          {t('log.typing', { name: typing.name || t('customer.unnamed') })}
        </>
      )}
    </p>
  )
}
