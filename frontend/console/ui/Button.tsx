import type { LucideIcon } from 'lucide-react'
import { Tooltip as Radix } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import type { Language } from '../../shared/i18n'
import { useI18n } from '../i18n'

type Variant = 'primary' | 'outline' | 'quiet' | 'danger'
type ButtonProps = ComponentProps<'button'> & { variant?: Variant; icon?: LucideIcon; busy?: boolean; small?: boolean }

export function Button({ variant = 'outline', icon: Icon, busy, small, className, children, ...rest }: ButtonProps) {
  const classes = ['button', `button-${variant}`, small ? 'button-small' : '', className ?? '']
    .filter(Boolean)
    .join(' ')
  return (
    <button type="button" className={classes} aria-busy={busy || undefined} {...rest} disabled={rest.disabled || busy}>
      {Icon && <Icon size={16} aria-hidden="true" />}
      {children}
    </button>
  )
}

type IconButtonProps = ComponentProps<'button'> & {
  label: string
  icon: LucideIcon
  shortcut?: string
  pressed?: boolean
}

/** A button of one icon: its label is read aloud and shown on hover and focus. */
export function IconButton({ label, icon: Icon, shortcut, pressed, className, ...rest }: IconButtonProps) {
  return (
    <Tip text={label} shortcut={shortcut}>
      <button
        type="button"
        className={`icon-button ${className ?? ''}`}
        aria-label={label}
        aria-pressed={pressed}
        {...rest}
      >
        <Icon size={18} aria-hidden="true" />
      </button>
    </Tip>
  )
}

/** A short explanation on hover and focus; the element inside needs its own accessible name. */
export function Tip({ text, shortcut, children }: { text: ReactNode; shortcut?: string; children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="tooltip" sideOffset={6} collisionPadding={8}>
          {text}
          {shortcut && <Kbd keys={shortcut} />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Keys as they are pressed: "g q" is one after the other, "mod+k" at once. */
export function Kbd({ keys }: { keys: string }) {
  const { language } = useI18n()
  return (
    <span className="kbd-group">
      {keys.split(' ').map((key, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the sequence is fixed and may repeat a key
        <kbd key={index}>{keyLabel(key, language)}</kbd>
      ))}
    </span>
  )
}

const IS_MAC = /mac|iphone|ipad/i.test(navigator.userAgent)
const KEY_NAMES = {
  alt: IS_MAC ? '⌥' : 'Alt',
  shift: '⇧',
  enter: '↵',
}

function keyLabel(key: string, language: Language): string {
  const names = { ...KEY_NAMES, mod: IS_MAC ? '⌘' : language === 'de' ? 'Strg' : 'Ctrl' }
  return key
    .split('+')
    .map((part) => names[part as keyof typeof names] ?? (key === part ? part : part.toUpperCase()))
    .join(IS_MAC ? '' : '+')
}
