import { useI18n } from '../../i18n'
import { badgesOf } from './words'

/** Where an article stands, each by icon and word. */
export function StateBadges({ of }: { of: Parameters<typeof badgesOf>[0] }) {
  const { t, format } = useI18n()
  return (
    <span className="badges">
      {badgesOf(of).map(({ icon: Icon, label, tone, at }) => (
        <span key={label} className={tone ? `badge badge-${tone}` : 'badge'}>
          <Icon size={12} aria-hidden="true" />
          {t(label, { at: at ? format.exact(at) : '' })}
        </span>
      ))}
    </span>
  )
}
