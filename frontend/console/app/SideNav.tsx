import type { LucideIcon } from 'lucide-react'
import { Link } from './Link'

export type SideLink = { key: string; path: string; label: string; icon: LucideIcon; current: boolean }

/** The screens inside a place; on a narrow page a strip whose chosen one is always in sight. */
export function SideNav({ label, links }: { label: string; links: SideLink[] }) {
  return (
    <nav className="settings-nav" aria-label={label}>
      {links.map(({ key, path, label: text, icon: Icon, current }) => (
        <Link
          key={key}
          to={path}
          className="settings-link"
          aria-current={current ? 'page' : undefined}
          ref={current ? reveal : undefined}
        >
          <Icon size={16} aria-hidden="true" />
          {text}
        </Link>
      ))}
    </nav>
  )
}

function reveal(link: HTMLElement | null): void {
  link?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}
