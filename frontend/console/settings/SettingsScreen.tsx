import { Lock, UserRound } from 'lucide-react'
import { useMay } from '../app/me'
import { to } from '../app/router'
import { SideNav } from '../app/SideNav'
import { useI18n } from '../i18n'
import { ResourceScreen } from '../resource/ResourceScreen'
import { EmptyState } from '../ui/states'
import { ProfileScreen } from './ProfileScreen'
import { SETTINGS } from './specs'

/** One's own profile for everybody; everything else for those who may manage settings. */
export default function SettingsScreen({ screen, id }: { screen: string; id: string | null }) {
  const { t } = useI18n()
  const mayManage = useMay('manage_settings')
  const managed = Object.entries(mayManage ? SETTINGS : {})
  const links = [
    { key: 'profile', icon: UserRound, title: t('profile.title') },
    ...managed.map(([key, spec]) => ({ key, icon: spec.icon, title: t(spec.title) })),
  ].map(({ key, icon, title }) => ({ key, icon, label: title, path: to.settings(key), current: key === screen }))
  return (
    <div className="settings">
      <SideNav label={t('nav.settings')} links={links} />
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
