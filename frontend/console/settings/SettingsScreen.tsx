import { Lock, Phone, UserRound } from 'lucide-react'
import { useMe } from '../app/me'
import { to } from '../app/router'
import { SideNav } from '../app/SideNav'
import { PhoneScreen } from '../calls/PhoneScreen'
import { useI18n } from '../i18n'
import { ResourceScreen } from '../resource/ResourceScreen'
import type { ResourceSpec } from '../resource/spec'
import { EmptyState } from '../ui/states'
import { ProfileScreen } from './ProfileScreen'
import { SETTINGS } from './specs'

/** One's own profile for everybody; everything else for those who may manage settings. */
export default function SettingsScreen({ screen, id }: { screen: string; id: string | null }) {
  const { t } = useI18n()
  const { permissions } = useMe()
  const may = ({ permission = 'manage_settings' }: ResourceSpec) => permissions.includes(permission)
  const managed = Object.entries(SETTINGS).filter(([, spec]) => may(spec))
  const hasPhone = permissions.includes('work_queue') || permissions.includes('manage_settings')
  const links = [
    { key: 'profile', icon: UserRound, title: t('profile.title') },
    ...(hasPhone ? [{ key: 'my-phone', icon: Phone, title: t('phone.title') }] : []),
    ...managed.map(([key, spec]) => ({ key, icon: spec.icon, title: t(spec.title) })),
  ].map(({ key, icon, title }) => ({ key, icon, label: title, path: to.settings(key), current: key === screen }))
  return (
    <div className="settings">
      <SideNav label={t('nav.settings')} links={links} />
      <SettingsBody screen={screen} id={id} may={may} />
    </div>
  )
}

type BodyProps = { screen: string; id: string | null; may: (spec: ResourceSpec) => boolean }

function SettingsBody({ screen, id, may }: BodyProps) {
  const { t } = useI18n()
  const spec = SETTINGS[screen]
  if (screen === 'my-phone') return <PhoneScreen />
  if (screen === 'profile' || !spec) return <ProfileScreen />
  if (!may(spec)) return <EmptyState icon={Lock} title={t('settings.forbidden')} text={t('settings.forbidden_text')} />
  return <ResourceScreen key={screen} spec={spec} id={id} path={(item) => to.settings(screen, item)} />
}
