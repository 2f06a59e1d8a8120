import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { useI18n } from '../i18n'

type DialogProps = {
  open: boolean
  onClose: () => void
  title: string
  description?: string
  children: ReactNode
  wide?: boolean
  onOpenAutoFocus?: (event: Event) => void
}

/** A modal dialog: focus stays inside and goes back to where it came from. */
export function Dialog({ open, onClose, title, description, children, wide, onOpenAutoFocus }: DialogProps) {
  const { t } = useI18n()
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="overlay" />
        <Radix.Content
          className={wide ? 'dialog dialog-wide' : 'dialog'}
          onOpenAutoFocus={onOpenAutoFocus}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <header className="dialog-head">
            <Radix.Title>{title}</Radix.Title>
            <Radix.Close className="icon-button" aria-label={t('common.close')}>
              <X size={18} aria-hidden="true" />
            </Radix.Close>
          </header>
          {description && <Radix.Description className="muted">{description}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** A panel that slides in from the right: the customer on a narrow screen. */
export function Drawer({ open, onClose, title, children }: Omit<DialogProps, 'wide' | 'description'>) {
  const { t } = useI18n()
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="overlay" />
        <Radix.Content className="drawer" aria-describedby={undefined}>
          <header className="dialog-head">
            <Radix.Title>{title}</Radix.Title>
            <Radix.Close className="icon-button" aria-label={t('common.close')}>
              <X size={18} aria-hidden="true" />
            </Radix.Close>
          </header>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
