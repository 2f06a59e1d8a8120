import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ComponentProps, type ReactNode, useState } from 'react'
import { useI18n } from '../i18n'

type ModalProps = { open: boolean; onClose: () => void; children: ReactNode }
type DialogProps = ModalProps & { title: string; description?: string; wide?: boolean }

/** Anything that lies over the page and keeps the focus inside. */
export function Modal({ open, onClose, children }: ModalProps) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="overlay" />
        {children}
      </Radix.Portal>
    </Radix.Root>
  )
}

/** What lies over the page; the focus goes back to where it was, for these open by keys as often as by buttons. */
export function ModalContent(props: ComponentProps<typeof Radix.Content>) {
  const [opener] = useState(() => document.activeElement as HTMLElement | null)
  return (
    <Radix.Content
      {...props}
      onCloseAutoFocus={(event) => {
        event.preventDefault()
        opener?.focus({ preventScroll: true })
      }}
    />
  )
}

/** A modal dialog in the middle of the page. */
export function Dialog({ open, onClose, title, description, children, wide }: DialogProps) {
  return (
    <Modal open={open} onClose={onClose}>
      <ModalContent
        className={wide ? 'dialog dialog-wide' : 'dialog'}
        {...(description ? {} : { 'aria-describedby': undefined })}
      >
        <DialogHead title={title} />
        {description && <Radix.Description className="muted">{description}</Radix.Description>}
        {children}
      </ModalContent>
    </Modal>
  )
}

/** A panel that slides in from the right: the customer on a narrow screen. */
export function Drawer({ open, onClose, title, children }: Omit<DialogProps, 'wide' | 'description'>) {
  return (
    <Modal open={open} onClose={onClose}>
      <ModalContent className="drawer" aria-describedby={undefined}>
        <DialogHead title={title} />
        {children}
      </ModalContent>
    </Modal>
  )
}

function DialogHead({ title }: { title: string }) {
  const { t } = useI18n()
  return (
    <header className="dialog-head">
      <Radix.Title>{title}</Radix.Title>
      <Radix.Close className="icon-button" aria-label={t('common.close')}>
        <X size={18} aria-hidden="true" />
      </Radix.Close>
    </header>
  )
}
