import { Headset, Keyboard, Languages, LogOut, MonitorCog, Moon, Search, Sun, Volume2, VolumeOff } from 'lucide-react'
import { currentCsrfToken } from '../api/client'
import type { Theme } from '../api/types'
import { useI18n } from '../i18n'
import { setSound, soundOn } from '../offers/sound'
import { Avatar } from '../ui/Avatar'
import { Kbd } from '../ui/Button'
import { Menu, MenuChoices, MenuItem, MenuSeparator } from '../ui/Menu'
import { useStore } from '../ui/useStore'
import { Availability } from './Availability'
import { Connection } from './Connection'
import { Link } from './Link'
import { useChangeMe, useMe } from './me'
import { to } from './router'

type TopBarProps = { onSearch: () => void; onShortcuts: () => void }

export function TopBar({ onSearch, onShortcuts }: TopBarProps) {
  const { t } = useI18n()
  const me = useMe()
  return (
    <header className="topbar">
      <Link to={to.queue()} className="brand" aria-label={t('shell.product')}>
        <Headset size={20} aria-hidden="true" />
        <span className="brand-name">{t('shell.product')}</span>
      </Link>
      <button
        type="button"
        className="top-search"
        onClick={onSearch}
        aria-label={t('shell.search')}
        aria-keyshortcuts="Control+K Meta+K"
      >
        <Search size={16} aria-hidden="true" />
        <span className="top-search-text">{t('shell.search')}</span>
        <Kbd keys="mod+k" />
      </button>
      <div className="topbar-end">
        {me.demo && <span className="badge badge-info demo-badge">{t('shell.demo')}</span>}
        <Connection />
        <Availability />
        <UserMenu onShortcuts={onShortcuts} />
      </div>
    </header>
  )
}

function UserMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { t } = useI18n()
  const me = useMe()
  const change = useChangeMe()
  const sound = useStore(soundOn)
  const trigger = (
    <button type="button" className="user-button" aria-label={t('user.menu', { name: me.name })}>
      <Avatar name={me.name} />
    </button>
  )
  return (
    <Menu trigger={trigger}>
      <div className="menu-head">
        <strong>{me.name}</strong>
        <span className="muted">{me.email}</span>
      </div>
      <MenuSeparator />
      <MenuChoices
        label={t('user.theme')}
        value={me.theme}
        onChange={(theme) => change.mutate({ theme: theme as Theme })}
        choices={[
          { value: 'system', label: t('user.theme_system'), icon: <MonitorCog size={16} aria-hidden="true" /> },
          { value: 'light', label: t('user.theme_light'), icon: <Sun size={16} aria-hidden="true" /> },
          { value: 'dark', label: t('user.theme_dark'), icon: <Moon size={16} aria-hidden="true" /> },
        ]}
      />
      <MenuSeparator />
      <MenuChoices
        label={t('user.language')}
        value={me.language}
        onChange={(language) => change.mutate({ language })}
        choices={[
          { value: 'de', label: 'Deutsch', icon: <Languages size={16} aria-hidden="true" /> },
          { value: 'en', label: 'English', icon: <Languages size={16} aria-hidden="true" /> },
        ]}
      />
      <MenuSeparator />
      <MenuItem icon={sound ? Volume2 : VolumeOff} onSelect={() => setSound(!sound)}>
        {sound ? t('user.sound_off') : t('user.sound_on')}
      </MenuItem>
      <MenuItem icon={Keyboard} shortcut="?" onSelect={onShortcuts}>
        {t('user.shortcuts')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={LogOut} onSelect={signOut}>
        {t('user.sign_out')}
      </MenuItem>
    </Menu>
  )
}

/** Signing out is a form of the accounts pages, sent from here. */
function signOut(): void {
  const form = document.createElement('form')
  const token = document.createElement('input')
  form.method = 'post'
  form.action = '/accounts/logout/'
  token.type = 'hidden'
  token.name = 'csrfmiddlewaretoken'
  token.value = currentCsrfToken()
  form.append(token)
  document.body.append(form)
  form.submit()
}
