import { lazy, Suspense, useEffect, useState } from 'react'
import { CallBar } from '../calls/CallBar'
import { CodeDialog } from '../cobrowse/CodeDialog'
import { useOutbox } from '../composer/useOutbox'
import { useI18n } from '../i18n'
import { ShortcutSheet } from '../keyboard/ShortcutSheet'
import { useShortcuts } from '../keyboard/useShortcuts'
import { OfferStack } from '../offers/OfferStack'
import { useOfferGuard, useOfferNews } from '../offers/useOfferNews'
import { Palette } from '../palette/Palette'
import { QueueScreen } from '../queue/QueueScreen'
import { Skeleton } from '../ui/states'
import { SIDE_BY_SIDE, useMedia } from '../ui/useMedia'
import { LostScreen } from './LostScreen'
import { NavBar } from './NavBar'
import { type Route, useRoute } from './router'
import { TopBar } from './TopBar'
import { useDocumentTitle } from './useDocumentTitle'

const SearchScreen = lazy(() => import('../search/SearchScreen'))
const CustomersScreen = lazy(() => import('../customers/CustomersScreen'))
const CallbacksScreen = lazy(() => import('../calls/CallbacksScreen'))
const KnowledgeScreen = lazy(() => import('../knowledge/KnowledgeScreen'))
const ReportsScreen = lazy(() => import('../reports/ReportsScreen'))
const WorkScreen = lazy(() => import('../work/WorkScreen'))
const SettingsScreen = lazy(() => import('../settings/SettingsScreen'))

/** The frame round every screen: bar, navigation, offers, palette, keyboard. */
export function Shell() {
  const { t } = useI18n()
  const route = useRoute()
  const [overlay, setOverlay] = useState<'palette' | 'shortcuts' | null>(null)
  useShortcuts({
    openPalette: () => setOverlay('palette'),
    openSheet: () => setOverlay('shortcuts'),
    blocked: overlay !== null,
  })
  useOutbox()
  useOfferGuard()
  useOfferNews()
  useDocumentTitle(route)
  useFocusOnArrival(route.name)
  const sideBySide = useMedia(SIDE_BY_SIDE)
  const inQueue = sideBySide && (route.name === 'queue' || route.name === 'interaction')
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        {t('shell.skip')}
      </a>
      <TopBar onSearch={() => setOverlay('palette')} onShortcuts={() => setOverlay('shortcuts')} />
      {!inQueue && (
        <div className="offers-band">
          <OfferStack />
        </div>
      )}
      <CallBar route={route} />
      <NavBar route={route} />
      <main id="main" className="main" tabIndex={-1}>
        <Suspense fallback={<Skeleton rows={8} height={48} />}>
          <Screen route={route} />
        </Suspense>
      </main>
      <Palette
        open={overlay === 'palette'}
        onClose={() => setOverlay(null)}
        onShortcuts={() => setOverlay('shortcuts')}
      />
      <CodeDialog />
      <ShortcutSheet open={overlay === 'shortcuts'} onClose={() => setOverlay(null)} />
    </div>
  )
}

/** A page reached by a key starts at its beginning instead of nowhere. */
function useFocusOnArrival(name: Route['name']): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: arriving is what is reacted to
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true })
  }, [name])
}

function Screen({ route }: { route: Route }) {
  switch (route.name) {
    case 'queue':
      return <QueueScreen openId={null} />
    case 'interaction':
      return <QueueScreen openId={route.id} />
    case 'search':
      return <SearchScreen />
    case 'customers':
      return <CustomersScreen id={null} />
    case 'customer':
      return <CustomersScreen id={route.id} />
    case 'knowledge':
      return <KnowledgeScreen tab={route.tab} id={route.id} />
    case 'callbacks':
      return <CallbacksScreen tab={route.tab} />
    case 'reports':
      return <ReportsScreen tab={route.tab} />
    case 'work':
      return <WorkScreen />
    case 'settings':
      return <SettingsScreen screen={route.screen} id={route.id} />
    case 'lost':
      return <LostScreen />
  }
}

/** The same frame while the session is being asked for, so that nothing jumps. */
export function ShellSkeleton() {
  const { t } = useI18n()
  return (
    <div className="shell" aria-busy="true">
      <div className="topbar" />
      <div className="nav" />
      <main className="main">
        <h1 className="visually-hidden">{t('shell.product')}</h1>
        <div className="queue-pane">
          <Skeleton rows={9} height={76} />
        </div>
      </main>
    </div>
  )
}
