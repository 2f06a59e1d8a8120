/** Direct lines to the agents who watch, while the customer allows them. What changes goes by them too. */
import { createPeer, type Peer, type Signal } from '../../shared/cobrowse/peer'
import type { SessionState } from '../../shared/cobrowse/wire'

export interface Lines {
  /** Opens and closes lines as it was agreed. */
  follow(state: SessionState): void
  /** Whom to ask for the way through the network; without this no line is opened. */
  configure(servers: RTCIceServer[]): void
  hear(from: string, signal: Signal): void
  send(frame: Uint8Array<ArrayBuffer>): void
  close(): void
}

/** `last`: the number of the last frame, from which on it goes by both ways. */
export function createLines(tell: (frame: object) => void, last: () => number): Lines {
  const peers = new Map<string, Peer>()
  let servers: RTCIceServer[] | undefined
  let wanted: string[] = []

  function settle(): void {
    for (const [to, peer] of peers) {
      if (wanted.includes(to)) continue
      peer.close()
      peers.delete(to)
    }
    if (!servers || typeof RTCPeerConnection === 'undefined') return
    for (const to of wanted) if (!peers.has(to)) peers.set(to, open(to, servers))
  }

  function open(to: string, servers: RTCIceServer[]): Peer {
    return createPeer({
      isPolite: false,
      servers,
      signal: (signal) => tell({ ...signal, to }),
      receive: () => {},
      changed: (up) => tell({ t: 'p2p', to, up, s: last() }),
    })
  }

  return {
    follow({ scopes, agents, paused }) {
      wanted = scopes.includes('p2p') && !paused ? agents.map(({ id }) => id) : []
      settle()
    },
    configure(newer) {
      servers = newer
      for (const peer of peers.values()) peer.configure(newer)
      settle()
    },
    hear: (from, signal) => void peers.get(from)?.hear(signal),
    send(frame) {
      for (const peer of peers.values()) peer.send(frame)
    },
    close() {
      wanted = []
      settle()
    },
  }
}
