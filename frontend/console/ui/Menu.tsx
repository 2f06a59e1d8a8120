import { Check, type LucideIcon } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Kbd } from './Button'

type MenuProps = { trigger: ReactNode; children: ReactNode; align?: 'start' | 'end' }

/** Opens into the main part of the page, so that everything on it stays inside a landmark. */
export function Menu({ trigger, children, align = 'end' }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal container={document.getElementById('main')}>
        <Radix.Content className="menu" align={align} sideOffset={6} collisionPadding={8}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

type ItemProps = { icon?: LucideIcon; shortcut?: string; onSelect: () => void; disabled?: boolean; children: ReactNode }

export function MenuItem({ icon: Icon, shortcut, onSelect, disabled, children }: ItemProps) {
  return (
    <Radix.Item className="menu-item" onSelect={onSelect} disabled={disabled}>
      <span className="menu-icon">{Icon && <Icon size={16} aria-hidden="true" />}</span>
      <span className="menu-text">{children}</span>
      {shortcut && <Kbd keys={shortcut} />}
    </Radix.Item>
  )
}

type Choice = { value: string; label: string; icon?: ReactNode }
type ChoicesProps = { label: string; value: string; choices: Choice[]; onChange: (value: string) => void }

/** One of several, the chosen one ticked. */
export function MenuChoices({ label, value, choices, onChange }: ChoicesProps) {
  return (
    <>
      <Radix.Label className="menu-label">{label}</Radix.Label>
      <Radix.RadioGroup value={value} onValueChange={onChange}>
        {choices.map((choice) => (
          <Radix.RadioItem key={choice.value} value={choice.value} className="menu-item">
            <span className="menu-icon">
              {choice.icon ?? (
                <Radix.ItemIndicator>
                  <Check size={16} aria-hidden="true" />
                </Radix.ItemIndicator>
              )}
            </span>
            <span className="menu-text">{choice.label}</span>
            {choice.icon && (
              <Radix.ItemIndicator>
                <Check size={16} aria-hidden="true" />
              </Radix.ItemIndicator>
            )}
          </Radix.RadioItem>
        ))}
      </Radix.RadioGroup>
    </>
  )
}

export function MenuSeparator() {
  return <Radix.Separator className="menu-separator" />
}
