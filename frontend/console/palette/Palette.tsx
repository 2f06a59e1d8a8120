import { Command } from 'cmdk'
import { Keyboard, KeySquare, type LucideIcon, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useState } from 'react'
import { useChangeMe, useChangeStatus, useMay } from '../app/me'
import { usePlaces } from '../app/NavBar'
import { go, to } from '../app/router'
import { askedCode } from '../cobrowse/views'
import { openCommands } from '../conversation/commands'
import { useI18n } from '../i18n'
import { useSearch } from '../search/useSearch'
import { Kbd } from '../ui/Button'
import { ChannelIcon } from '../ui/Channel'
import { Modal, ModalContent } from '../ui/Dialog'
import { useStore } from '../ui/useStore'

type PaletteProps = { open: boolean; onClose: () => void; onShortcuts: () => void }

const MOST_HITS = 6

/** Everything in one box: places, what can be done with the open interaction, people and interactions by words. */
export function Palette({ open, onClose, onShortcuts }: PaletteProps) {
  const { t } = useI18n()
  return (
    <Modal open={open} onClose={onClose}>
      <ModalContent className="palette" aria-describedby={undefined}>
        <Radix.Title className="visually-hidden">{t('palette.title')}</Radix.Title>
        <PaletteBody onClose={onClose} onShortcuts={onShortcuts} />
      </ModalContent>
    </Modal>
  )
}

function PaletteBody({ onClose, onShortcuts }: Omit<PaletteProps, 'open'>) {
  const { t } = useI18n()
  const [query, setQuery] = useState('')
  /** Closes first: what runs may move the focus. */
  const run = (action: () => void) => () => {
    onClose()
    setTimeout(action)
  }
  return (
    <Command label={t('palette.title')} filter={rank} loop>
      <Command.Input
        value={query}
        onValueChange={setQuery}
        placeholder={t('palette.placeholder')}
        className="palette-input"
      />
      <Command.List className="palette-list" label={t('palette.results')}>
        <Command.Empty className="palette-empty">{t('palette.empty')}</Command.Empty>
        <OpenCommands run={run} />
        <Hits query={query} run={run} />
        <Places run={run} />
        <Switches run={run} onShortcuts={onShortcuts} />
      </Command.List>
    </Command>
  )
}

/** Beginnings of words first; what the server found always counts (`known`), letters strewn over a word never do. */
function rank(value: string, search: string, known: string[] = []): number {
  const wanted = search.trim().toLocaleLowerCase()
  const text = value.toLocaleLowerCase()
  if (known.includes(search)) return 0.8
  if (text.startsWith(wanted)) return 1
  return text.includes(` ${wanted}`) ? 0.9 : 0
}

type Run = (action: () => void) => () => void

function OpenCommands({ run }: { run: Run }) {
  const { t } = useI18n()
  const commands = useStore(openCommands)
  if (commands.length === 0) return null
  return (
    <Command.Group heading={t('palette.here')}>
      {commands.map((command) => (
        <Item
          key={command.name}
          icon={command.icon}
          label={t(command.label)}
          shortcut={command.shortcut}
          onSelect={run(command.run)}
        />
      ))}
    </Command.Group>
  )
}

function Places({ run }: { run: Run }) {
  const { t } = useI18n()
  const isInConversation = useStore(openCommands).some(({ name }) => name === 'code')
  const mayWork = useMay('work_queue')
  return (
    <Command.Group heading={t('keys.go')}>
      {usePlaces().map(({ key, icon, path, shortcut }) => (
        <Item key={key} icon={icon} label={t(key)} shortcut={shortcut} onSelect={run(() => go(path))} />
      ))}
      {mayWork && !isInConversation && (
        <Item
          icon={KeySquare}
          label={t('cobrowse.code_title')}
          onSelect={run(() => askedCode.set({ interaction: '', why: false }))}
        />
      )}
    </Command.Group>
  )
}

function Switches({ run, onShortcuts }: { run: Run; onShortcuts: () => void }) {
  const { t } = useI18n()
  const status = useChangeStatus()
  const me = useChangeMe()
  return (
    <Command.Group heading={t('palette.me')}>
      {(['available', 'busy', 'away'] as const).map((wanted) => (
        <Item
          key={wanted}
          icon={UserRound}
          label={t('palette.status', { state: t(`presence.${wanted}`) })}
          onSelect={run(() => status.mutate({ wanted }))}
        />
      ))}
      <Item icon={Sun} label={t('user.theme_light')} onSelect={run(() => me.mutate({ theme: 'light' }))} />
      <Item icon={Moon} label={t('user.theme_dark')} onSelect={run(() => me.mutate({ theme: 'dark' }))} />
      <Item icon={Monitor} label={t('user.theme_system')} onSelect={run(() => me.mutate({ theme: 'system' }))} />
      <Item icon={Keyboard} label={t('user.shortcuts')} shortcut="?" onSelect={run(onShortcuts)} />
    </Command.Group>
  )
}

function Hits({ query, run }: { query: string; run: Run }) {
  const { t } = useI18n()
  const found = useSearch(query).data
  if (!found || query.trim().length < 2) return null
  return (
    <>
      {found.customers.length > 0 && (
        <Command.Group heading={t('nav.customers')}>
          {found.customers.slice(0, MOST_HITS).map((customer) => (
            <Command.Item
              key={customer.id}
              value={`customer-${customer.id}`}
              keywords={[query]}
              className="palette-item"
              onSelect={run(() => go(to.customer(customer.id)))}
            >
              <UserRound size={16} aria-hidden="true" />
              <span className="clip">{customer.name || t('customer.unnamed')}</span>
              <span className="muted clip">{customer.company}</span>
            </Command.Item>
          ))}
        </Command.Group>
      )}
      {found.interactions.length > 0 && (
        <Command.Group heading={t('search.interactions')}>
          {found.interactions.slice(0, MOST_HITS).map((hit) => (
            <Command.Item
              key={hit.id}
              value={`interaction-${hit.id}`}
              keywords={[query]}
              className="palette-item"
              onSelect={run(() => go(to.interaction(hit.id)))}
            >
              <ChannelIcon channel={hit.channel} />
              <span className="clip">{hit.customer.name || t('customer.unnamed')}</span>
              <span className="muted clip">{hit.subject || hit.first_words}</span>
            </Command.Item>
          ))}
        </Command.Group>
      )}
    </>
  )
}

type ItemProps = { icon: LucideIcon; label: string; shortcut?: string; onSelect: () => void }

function Item({ icon: Icon, label, shortcut, onSelect }: ItemProps) {
  return (
    <Command.Item value={label} className="palette-item" onSelect={onSelect}>
      <Icon size={16} aria-hidden="true" />
      <span className="clip">{label}</span>
      {shortcut && <Kbd keys={shortcut} />}
    </Command.Item>
  )
}
