/** Co-browsing on the customer's page: loaded when somebody asks, and not before. */

import type { SocketLike } from '../../shared/cobrowse/link'
import { PROTOCOL } from '../../shared/cobrowse/wire'
import type { Settings } from '../settings'
import type { Keep } from '../storage'
import { createSession, type Session } from './session'
import { createTab } from './tab'
import { createScreen } from './ui/screen'

export { createPeer } from '../../shared/cobrowse/peer'

/**
 * `session`: the one that an agent has begun, null to ask for a code. Goes on where the tab was before a reload.
 * `renew`: the customer wants another code.
 */
export function start(
  settings: Settings,
  keep: Keep,
  session: string | null,
  ended: () => void,
  renew: () => void,
): Session {
  const { base, site, language, theme } = settings
  const tab = createTab(site)
  const screen = createScreen(language, theme, {
    stop: () => running.stop(),
    pause: (isPaused) => running.pause(isPaused),
    takeBack: (scope) => running.revoke(scope),
    renew,
  })
  const point = ({ clientX, clientY }: PointerEvent): void => running.pointAt(Math.round(clientX), Math.round(clientY))
  const running = createSession({
    open() {
      const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/ws/cobrowse`, PROTOCOL)
      return socket as SocketLike
    },
    auth: () => ({ site, lang: language, token: keep.get('token'), page: location.origin }),
    ...{ tab, screen, session },
    ended() {
      document.removeEventListener('pointermove', point, true)
      ended()
    },
  })
  document.addEventListener('pointermove', point, { passive: true, capture: true })
  whenKnown(keep, tab.load() !== null, () => running.start())
  return running
}

const LOOK_AGAIN_MS = 200
const PATIENCE_MS = 10_000

/**
 * The chat makes a visitor known who is here for the first time; without it the centre says that it can't be. Of
 * several tabs that are asked, the one that the customer looks at answers.
 */
function whenKnown(keep: Keep, isBack: boolean, begin: () => void, waited = 0): void {
  if (document.visibilityState === 'hidden' && !isBack)
    document.addEventListener('visibilitychange', () => whenKnown(keep, isBack, begin, waited), { once: true })
  else if (keep.get('token') || waited >= PATIENCE_MS) begin()
  else setTimeout(whenKnown, LOOK_AGAIN_MS, keep, isBack, begin, waited + LOOK_AGAIN_MS)
}
