import { CircleAlert, CircleCheck, Info, X } from 'lucide-react'
import { Toast as Radix } from 'radix-ui'
import { useI18n } from '../i18n'
import { dismissToast, type Toast, toasts } from './toast'
import { useStore } from './useStore'

const ICONS = { good: CircleCheck, bad: CircleAlert, info: Info }

/** Short messages in the corner; an error is announced at once, the others politely. */
export function Toasts() {
  const { t } = useI18n()
  const shown = useStore(toasts)
  return (
    <Radix.Provider label={t('toast.label')} swipeDirection="right">
      {shown.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
      <Radix.Viewport className="toasts" label={t('toast.region', { hotkey: '{hotkey}' })} />
    </Radix.Provider>
  )
}

function ToastCard({ toast }: { toast: Toast }) {
  const { t } = useI18n()
  const Icon = ICONS[toast.tone]
  const close = () => dismissToast(toast.id)
  return (
    <Radix.Root
      className={`toast toast-${toast.tone}`}
      duration={toast.duration}
      type={toast.tone === 'bad' ? 'foreground' : 'background'}
      onOpenChange={(open) => !open && close()}
    >
      <Icon size={18} aria-hidden="true" className="toast-icon" />
      <Radix.Description className="toast-text">{toast.text}</Radix.Description>
      {toast.action && (
        <Radix.Action asChild altText={toast.action.label}>
          <button type="button" className="button button-quiet button-small" onClick={toast.action.run}>
            {toast.action.label}
          </button>
        </Radix.Action>
      )}
      <Radix.Close className="icon-button icon-button-small" aria-label={t('common.close')}>
        <X size={14} aria-hidden="true" />
      </Radix.Close>
    </Radix.Root>
  )
}
