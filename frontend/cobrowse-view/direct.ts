/**
 * The agent's end of a direct line to the customer's page, while the customer allows one. Everything comes by the relay
 * as well, so that it may break at any moment; what comes by both counts once.
 */
import { createPeer, type Peer, type Signal } from '../shared/cobrowse/peer'
import type { ForAgent, Frame } from '../shared/cobrowse/wire'
import { may, type Session } from './session'

export interface Direct {
  /** Opens and closes the line as it was agreed. Whoever was away comes back with a new end. */
  follow(session: Session): void
  hear(frame: ForAgent): void
  close(): void
}

export interface DirectOptions {
  send(frame: Frame): void
  receive(data: ArrayBuffer): void
  /** The line stands, or does not any more. */
  changed(isUp: boolean): void
}

export function createDirect({ send, receive, changed }: DirectOptions): Direct {
  let servers: RTCIceServer[] | undefined
  let peer: Peer | undefined
  let isWanted = false

  function settle(): void {
    if (!isWanted) close()
    else if (servers && !peer && typeof RTCPeerConnection !== 'undefined') {
      peer = createPeer({ isPolite: true, servers, signal: (signal: Signal) => send({ ...signal }), receive, changed })
    }
  }

  function close(): void {
    peer?.close()
    peer = undefined
  }

  return {
    follow(session) {
      isWanted = session.online && may(session, 'p2p') && session.phase === 'live'
      settle()
    },
    hear(frame) {
      if (frame.t === 'turn') {
        servers = frame.servers
        peer?.configure(servers)
        settle()
      } else if (frame.t === 'sdp' || frame.t === 'ice') peer?.hear(frame)
    },
    close,
  }
}
