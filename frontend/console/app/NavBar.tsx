import {
  BarChart3,
  BookOpen,
  Inbox,
  type LucideIcon,
  PhoneCall,
  Search,
  Settings,
  UsersRound,
  Wrench,
} from 'lucide-react'
import type { Permission } from '../api/types'
import { type Key, useI18n } from '../i18n'
import { useQueueCounts } from '../queue/useQueue'
import { Tip } from '../ui/Button'
import { Link } from './Link'
import { useMe } from './me'
import { type Route, to } from './router'

export type Place = {
  key: Key
  icon: LucideIcon
  path: string
  names: Route['name'][]
  shortcut: string
  permission?: Permission
}

/** Every place of the console, in the order of the navigation and of the palette. */
const PLACES: Place[] = [
  { key: 'nav.queue', icon: Inbox, path: to.queue(), names: ['queue', 'interaction'], shortcut: 'g q' },
  {
    key: 'nav.callbacks',
    icon: PhoneCall,
    path: to.callbacks(),
    names: ['callbacks'],
    shortcut: 'g b',
    permission: 'work_queue',
  },
  { key: 'nav.search', icon: Search, path: to.search(), names: ['search'], shortcut: 'g s' },
  { key: 'nav.customers', icon: UsersRound, path: to.customers(), names: ['customers', 'customer'], shortcut: 'g c' },
  { key: 'nav.knowledge', icon: BookOpen, path: to.knowledge(), names: ['knowledge'], shortcut: 'g k' },
  { key: 'nav.reports', icon: BarChart3, path: to.reports(), names: ['reports'], shortcut: 'g r' },
  { key: 'nav.work', icon: Wrench, path: to.work(), names: ['work'], shortcut: 'g w', permission: 'supervise' },
  { key: 'nav.settings', icon: Settings, path: to.settings(), names: ['settings'], shortcut: 'g ,' },
]

export function usePlaces(): Place[] {
  const { permissions } = useMe()
  return PLACES.filter((place) => !place.permission || permissions.includes(place.permission))
}

export function NavBar({ route }: { route: Route }) {
  const { t } = useI18n()
  const mine = useQueueCounts().data?.mine ?? 0
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      {usePlaces().map(({ key, icon: Icon, path, names, shortcut }) => (
        <Tip key={key} text={t(key)} shortcut={shortcut}>
          <Link to={path} className="nav-link" aria-current={names.includes(route.name) ? 'page' : undefined}>
            <Icon size={20} aria-hidden="true" />
            <span className="nav-text">{t(key)}</span>
            {names.includes('queue') && mine > 0 && (
              <span className="nav-badge">
                <span aria-hidden="true">{mine > 99 ? '99+' : mine}</span>
                <span className="visually-hidden">{t('nav.mine', { n: mine })}</span>
              </span>
            )}
          </Link>
        </Tip>
      ))}
    </nav>
  )
}
