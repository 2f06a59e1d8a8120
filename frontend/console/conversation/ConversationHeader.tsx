import { ArrowLeft, BadgeCheck, Ellipsis, Eye, PanelRight, ShieldAlert, UserRound } from 'lucide-react'
import type { Detail, Row } from '../api/types'
import { Link } from '../app/Link'
import { useMe } from '../app/me'
import { to } from '../app/router'
import { CobrowseBadge } from '../cobrowse/CobrowseBadge'
import { type Key, useI18n } from '../i18n'
import { useLive } from '../live/context'
import { Button, IconButton, Tip } from '../ui/Button'
import { ChannelIcon } from '../ui/Channel'
import { Menu, MenuItem } from '../ui/Menu'
import { useStore } from '../ui/useStore'
import { type CommandName, openCommands } from './commands'
import { customerDrawer, customerPane } from './panes'

const VISIBLE: CommandName[] = ['take', 'transfer', 'close', 'reopen']
/** Where a customer is there at the same time; elsewhere it is behind “More”. */
const LIVE_CHANNELS = ['web_chat', 'callback', 'cobrowse']
const STATES: Record<Row['state'], Key> = {
  waiting: 'state.waiting',
  offered: 'state.offered',
  assigned: 'state.assigned',
  closed: 'state.closed',
}

export function ConversationHeader({ detail }: { detail: Detail }) {
  const { t } = useI18n()
  const { row } = detail
  return (
    <header className="conversation-head">
      <Link to={to.queue()} className="icon-button only-narrow" aria-label={t('conversation.back')}>
        <ArrowLeft size={18} aria-hidden="true" />
      </Link>
      <div className="conversation-title">
        <h1>
          <ChannelIcon channel={row.channel} />
          <span className="clip">{row.customer.name || t('customer.unnamed')}</span>
          {detail.customer.verified && (
            <BadgeCheck size={16} role="img" aria-label={t('customer.verified')} className="good" />
          )}
        </h1>
        <p className="conversation-sub">
          <StateBadge row={row} />
          {row.quarantined && (
            <span className="badge badge-bad">
              <ShieldAlert size={12} aria-hidden="true" />
              {t('queue.quarantined')}
            </span>
          )}
          <Viewers id={row.id} />
          <CobrowseBadge interaction={row.id} />
          {row.subject && <span className="clip">{row.subject}</span>}
        </p>
      </div>
      <Actions
        urgent={row.state === 'waiting' || row.state === 'offered'}
        live={LIVE_CHANNELS.includes(row.channel) && row.state === 'assigned'}
      />
    </header>
  )
}

function StateBadge({ row }: { row: Row }) {
  const { t } = useI18n()
  const me = useMe()
  const mine = row.assigned_to?.id === me.id
  const text =
    row.state === 'assigned' && row.assigned_to
      ? mine
        ? t('state.yours')
        : t('state.with', { name: row.assigned_to.name })
      : t(STATES[row.state])
  return (
    <span className={`badge badge-state-${row.state}`}>
      {row.state === 'assigned' && <UserRound size={12} aria-hidden="true" />}
      {text}
    </span>
  )
}

/** Who else has this open: two people should not answer at once. */
function Viewers({ id }: { id: string }) {
  const { t } = useI18n()
  const me = useMe()
  const others = (useStore(useLive().viewers)[id] ?? []).filter((viewer) => viewer.user !== me.id)
  if (others.length === 0) return null
  const names = others.map((viewer) => viewer.name).join(', ')
  return (
    <Tip text={t('conversation.viewers', { names })}>
      <span className="badge badge-info">
        <Eye size={12} aria-hidden="true" />
        <span className="clip">{names}</span>
      </span>
    </Tip>
  )
}

/** Taking is the one thing to do while nobody looks after the customer. */
function Actions({ urgent, live }: { urgent: boolean; live: boolean }) {
  const { t } = useI18n()
  const commands = useStore(openCommands)
  const paneOpen = useStore(customerPane)
  const visible: CommandName[] = live ? ['look', ...VISIBLE] : VISIBLE
  const shown = commands.filter((command) => visible.includes(command.name))
  const rare: CommandName[] = live ? ['code', 'release'] : ['look', 'code', 'release']
  const more = commands.filter((command) => rare.includes(command.name))
  const customer = commands.find((command) => command.name === 'customer')
  return (
    <div className="conversation-actions">
      {shown.map(({ name, label, icon, shortcut, run }) => (
        <Tip key={name} text={t(label)} shortcut={shortcut}>
          <Button
            variant={name === 'take' && urgent ? 'primary' : 'outline'}
            icon={icon}
            onClick={run}
            className="action-button"
            aria-label={t(label)}
          >
            <span className="action-text">{t(label)}</span>
          </Button>
        </Tip>
      ))}
      {more.length > 0 && (
        <Menu
          trigger={
            <button type="button" className="icon-button" aria-label={t('conversation.more')}>
              <Ellipsis size={18} aria-hidden="true" />
            </button>
          }
        >
          {more.map(({ name, label, icon, shortcut, run }) => (
            <MenuItem key={name} icon={icon} shortcut={shortcut} onSelect={run}>
              {t(label)}
            </MenuItem>
          ))}
        </Menu>
      )}
      {customer && (
        <IconButton
          label={t('customer.toggle')}
          icon={PanelRight}
          shortcut={customer.shortcut}
          pressed={paneOpen || customerDrawer.getSnapshot()}
          onClick={customer.run}
        />
      )}
    </div>
  )
}
