/** What stands in the place of the page while there is none, or over it while it stands still. */
import { useStore } from '../shared/use-store'
import { Icon, type IconName } from './icons'
import type { Session } from './session'
import { type TextKey, texts } from './texts'
import type { T, Viewer } from './viewer'

export function Cover({ viewer }: { viewer: Viewer }) {
  const session = useStore(viewer.session)
  const picture = useStore(viewer.picture)
  const shown = shownOf(session, picture !== 'none')
  if (!shown) return null
  const { icon, title, words } = shown
  return (
    <section class={picture === 'none' || isOver(session) ? 'cover' : 'cover over-page'}>
      <div class="card">
        <Icon name={icon} size={28} />
        <h2>{viewer.t(title)}</h2>
        <p>{words(viewer.t)}</p>
      </div>
    </section>
  )
}

interface Shown {
  icon: IconName
  title: TextKey
  words(t: T): string
}

const isOver = ({ phase }: Session): boolean => phase === 'ended' || phase === 'refused'

function shownOf(session: Session, hasPage: boolean): Shown | null {
  const { phase } = session
  if (phase === 'ended') return { icon: 'close', title: 'ended', words: (t) => reasonOf(session, t) }
  if (phase === 'refused') return { icon: 'close', title: 'refused', words: (t) => t(refusalOf(session.reason)) }
  if (phase === 'connecting') return plain('clock', 'connecting', 'connecting_more')
  if (!session.online) return plain('line', 'offline', 'offline_more')
  if (phase === 'waiting') return plain('clock', 'waiting', 'waiting_more')
  if (phase === 'paused') return plain('pause', 'paused', 'paused_more')
  if (phase === 'idle') return plain('pause', 'idle', 'idle_more')
  if (phase === 'customer_away') return plain('line', 'customer_away', 'customer_away_more')
  return hasPage ? null : plain('eye', 'loading', 'loading_more')
}

const plain = (icon: IconName, title: TextKey, words: TextKey): Shown => ({ icon, title, words: (t) => t(words) })

function reasonOf({ reason, by }: Session, t: T): string {
  const key = `reason_${reason}`
  return t(key in texts.en ? (key as TextKey) : 'reason_other', { by })
}

function refusalOf(code: string): TextKey {
  const key = `refused_${code}`
  return key in texts.en ? (key as TextKey) : 'refused_other'
}
