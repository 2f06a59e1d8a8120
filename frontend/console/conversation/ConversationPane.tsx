import { ArrowLeft } from 'lucide-react'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Detail } from '../api/types'
import { Link } from '../app/Link'
import { to } from '../app/router'
import { CallPanel } from '../calls/CallPanel'
import { CobrowsePane } from '../cobrowse/CobrowsePane'
import { useSessionNews } from '../cobrowse/useCobrowse'
import { openViews } from '../cobrowse/views'
import { Composer } from '../composer/Composer'
import { composerFocus } from '../composer/focus'
import { ContextPane } from '../customer/ContextPane'
import { useInsertKeys } from '../customer/useInsertKeys'
import { useI18n } from '../i18n'
import type { Log } from '../live/log'
import { Drawer } from '../ui/Dialog'
import { ErrorState, Skeleton } from '../ui/states'
import { useMedia, WIDE } from '../ui/useMedia'
import { useStore } from '../ui/useStore'
import { Announcer } from './Announcer'
import { ConversationHeader } from './ConversationHeader'
import { LogView } from './LogView'
import { customerDrawer, customerPane } from './panes'
import { TransferDialog } from './TransferDialog'
import { Typing } from './Typing'
import { useConversationCommands } from './useConversationCommands'
import { useDetail, useLog } from './useInteraction'

/** One interaction: header, log, composer, and who the customer is. */
export function ConversationPane({ id }: { id: string }) {
  const { t } = useI18n()
  const detail = useDetail(id)
  const { log, state, reload } = useLog(id)
  const failure = detail.error ?? (typeof state === 'object' ? state.error : null)
  if (detail.data && state === 'open') return <OpenConversation detail={detail.data} log={log} />
  return (
    <section className="conversation" aria-label={t('conversation.label')}>
      <Link to={to.queue()} className="back-link only-narrow">
        <ArrowLeft size={18} aria-hidden="true" />
        {t('nav.queue')}
      </Link>
      <h1 className="visually-hidden">{t('conversation.label')}</h1>
      {failure ? (
        <ErrorState
          error={failure}
          onRetry={() => {
            detail.refetch()
            reload()
          }}
        />
      ) : (
        <Skeleton rows={6} height={88} />
      )}
    </section>
  )
}

function OpenConversation({ detail, log }: { detail: Detail; log: Log }) {
  const { t } = useI18n()
  const isWide = useMedia(WIDE)
  const isWatching = useStore(openViews)[detail.row.id] !== undefined
  // Beside a customer's page there is no room for a third column.
  const wide = isWide && !isWatching
  const paneOpen = useStore(customerPane)
  const drawerOpen = useStore(customerDrawer)
  const [transferring, setTransferring] = useState(false)
  const region = useRef<HTMLElement>(null)
  useFocusOnOpening(region, detail.row.id)
  useInsertKeys(detail.row.id)
  useSessionNews(detail.row.id, log)
  useConversationCommands(detail, () => setTransferring(true))
  return (
    <>
      <section
        ref={region}
        className="conversation"
        aria-label={t('conversation.with', { name: detail.row.customer.name || t('customer.unnamed') })}
      >
        <ConversationHeader detail={detail} />
        <CallPanel row={detail.row} />
        <LogView row={detail.row} log={log} />
        <Typing id={detail.row.id} />
        <Composer detail={detail} />
        <Announcer log={log} />
      </section>
      <CobrowsePane interaction={detail.row.id} />
      {wide && paneOpen && (
        <aside className="context" aria-label={t('customer.label')}>
          <ContextPane detail={detail} />
        </aside>
      )}
      {!wide && (
        <Drawer open={drawerOpen} onClose={() => customerDrawer.set(false)} title={t('customer.label')}>
          <ContextPane detail={detail} />
        </Drawer>
      )}
      <TransferDialog detail={detail} open={transferring} onClose={() => setTransferring(false)} />
    </>
  )
}

/** Whoever opens an interaction stands in what was said, unless the composer was asked for or the focus has moved on. */
function useFocusOnOpening(region: RefObject<HTMLElement | null>, id: string): void {
  useEffect(() => {
    const active = document.activeElement as HTMLElement | null
    const isFree = !active || active === document.body || active.id === 'main' || active.dataset.row === id
    if (!isFree || composerFocus.getSnapshot().asked > 0) return
    region.current?.querySelector<HTMLElement>('[role="log"]')?.focus({ preventScroll: true })
  }, [region, id])
}
