import { Lock, UserRound } from 'lucide-react'
import { Link } from '../app/Link'
import { useMay } from '../app/me'
import { to } from '../app/router'
import { useI18n } from '../i18n'
import { ResourceScreen } from '../resource/ResourceScreen'
import { EmptyState } from '../ui/states'
import { ProfileScreen } from './ProfileScreen'
import { SETTINGS } from './specs'

/** One's own profile for everybody; everything else for those who may manage settings. */
export default function SettingsScreen({ screen, id }: { screen: string; id: string | null }) {
  const { t } = useI18n()
  const mayManage = useMay('manage_settings')
  return (
    <div className="settings">
      <nav className="settings-nav" aria-label={t('nav.settings')}>
        <Link
          to={to.settings('profile')}
          className="settings-link"
          aria-current={screen === 'profile' ? 'page' : undefined}
        >
          <UserRound size={16} aria-hidden="true" />
          {t('profile.title')}
        </Link>
        {mayManage &&
          Object.entries(SETTINGS).map(([name, { title, icon: Icon }]) => (
            <Link
              key={name}
              to={to.settings(name)}
              className="settings-link"
              aria-current={screen === name ? 'page' : undefined}
            >
              <Icon size={16} aria-hidden="true" />
              {t(title)}
            </Link>
          ))}
      </nav>
      <SettingsBody screen={screen} id={id} mayManage={mayManage} />
    </div>
  )
}

function SettingsBody({ screen, id, mayManage }: { screen: string; id: string | null; mayManage: boolean }) {
  const { t } = useI18n()
  const spec = SETTINGS[screen]
  if (screen === 'profile' || !spec) return <ProfileScreen />
  if (!mayManage) return <EmptyState icon={Lock} title={t('settings.forbidden')} text={t('settings.forbidden_text')} />
  return <ResourceScreen key={screen} spec={spec} id={id} path={(item) => to.settings(screen, item)} />
}
