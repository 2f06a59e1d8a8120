/**
 * A direct line beside the relay, for what is quicker by it. Everything goes by the relay as well: whatever of the two
 * comes first counts, so that nothing is lost or doubled when the direct line comes, breaks or never opens.
 */
import type { MirrorFrame } from './wire'

export type Signal = { t: 'sdp'; desc: RTCSessionDescriptionInit } | { t: 'ice'; candidate: RTCIceCandidateInit | null }

export interface PeerOptions {
  /** The agent's side gives way when both make an offer at once. */
  isPolite: boolean
  servers: RTCIceServer[]
  /** to the other side, by the relay */
  signal(signal: Signal): void
  receive(data: ArrayBuffer): void
  /** The line stands, or does not any more. */
  changed(isUp: boolean): void
}

export interface Peer {
  /** What the other side signals, in its order. */
  hear(signal: Signal): Promise<void>
  /** False when the line does not stand, or is slower than the relay. */
  send(data: Uint8Array<ArrayBuffer>): boolean
  /** New credentials for the next attempt. */
  configure(servers: RTCIceServer[]): void
  close(): void
}

/** A frame by the direct line counts when it is the very next; the relay brings the others. */
export const isNext = ({ s }: Pick<MirrorFrame, 's'>, last: number): boolean => s === last + 1

const BEAT_MS = 400
/** With the relay in use all the time this only says when the line is given up: within two seconds. A hidden page beats
 * once a second. */
const SILENCE_MS = 1250
const MOST_BUFFERED = 262_144
const BEAT = new Uint8Array(1)

/** This side's end; another one when the other side has another one (a reload, a lost socket), or when both begin. */
export function createPeer(options: PeerOptions): Peer {
  let { servers } = options
  let end = createEnd(options)
  let isClosed = false
  // One after the other: descriptions and candidates mean something only in their order.
  let order: Promise<void> = Promise.resolve()

  async function hear(signal: Signal): Promise<void> {
    if (isClosed) return
    if (signal.t === 'sdp' && end.isForeign(signal.desc)) {
      end.close()
      end = createEnd({ ...options, servers })
    }
    await end.hear(signal)
  }

  return {
    hear(signal) {
      order = order.then(() => hear(signal)).catch(() => {})
      return order
    },
    send: (data) => end.send(data),
    configure(newer) {
      servers = newer
      end.configure(newer)
    },
    close() {
      isClosed = true
      end.close()
    },
  }
}

interface End extends Peer {
  /** It takes a new end: it comes from one that this end has not met, or would take back this end's first offer. */
  isForeign(desc: RTCSessionDescriptionInit): boolean
}

/** Every connection has a certificate of its own, and says which in each description. */
const certificate = (sdp = ''): string | undefined => /^a=fingerprint:.*$/m.exec(sdp)?.[0]

function createEnd({ isPolite, servers, signal, receive, changed }: PeerOptions): End {
  const connection = new RTCPeerConnection({ iceServers: servers })
  const channel = connection.createDataChannel('mirror', { negotiated: true, id: 0, ordered: true })
  channel.binaryType = 'arraybuffer'
  let isMakingOffer = false
  let isIgnoringOffer = false
  /** Between an answer that came and its being set, an offer is no collision (W3C webrtc-pc, perfect negotiation). */
  let isSettingRemoteAnswerPending = false
  /** What was said last, in the words in which it was said: candidates are added to a description later. */
  let said: Extract<Signal, { t: 'sdp' }> | undefined
  /** The offer that was answered last. */
  let answered: string | undefined
  let isUp = false
  let isClosed = false
  let heardAt = 0
  let pulse: ReturnType<typeof setInterval> | undefined

  connection.onnegotiationneeded = async () => {
    try {
      isMakingOffer = true
      await connection.setLocalDescription()
      tell()
    } catch {
      // Closed meanwhile.
    } finally {
      isMakingOffer = false
    }
  }
  connection.onicecandidate = ({ candidate }) =>
    !isClosed && signal({ t: 'ice', candidate: candidate?.toJSON() ?? null })
  connection.onconnectionstatechange = () => {
    if (connection.connectionState === 'failed') connection.restartIce()
  }
  channel.onopen = () => {
    heardAt = performance.now()
    pulse = setInterval(beat, BEAT_MS)
    become(true)
  }
  channel.onclose = () => become(false)
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    heardAt = performance.now()
    if (!isUp) become(true)
    if (data.byteLength > BEAT.length && !isClosed) receive(data)
  }

  function tell(): void {
    if (!connection.localDescription || isClosed) return
    said = { t: 'sdp', desc: connection.localDescription.toJSON() }
    signal(said)
  }

  function become(now: boolean): void {
    if (isUp === now || isClosed) return
    isUp = now
    changed(now)
  }

  function beat(): void {
    if (performance.now() - heardAt > SILENCE_MS) become(false)
    if (channel.readyState === 'open') channel.send(BEAT)
  }

  async function hear(heard: Signal): Promise<void> {
    if (isClosed) return
    if (heard.t === 'sdp') await hearDescription(heard.desc)
    else if (!isIgnoringOffer || connection.remoteDescription) await hearCandidate(heard.candidate)
  }

  async function hearDescription(desc: RTCSessionDescriptionInit): Promise<void> {
    const isReady = !isMakingOffer && (connection.signalingState === 'stable' || isSettingRemoteAnswerPending)
    const isCollision = desc.type === 'offer' && !isReady
    isIgnoringOffer = !isPolite && isCollision
    if (isIgnoringOffer) {
      // Whoever has just come has not heard our first offer; whoever has, knows it by its words.
      if (said && !connection.remoteDescription) signal(said)
      return
    }
    if (desc.type === 'offer' && desc.sdp === answered) return
    isSettingRemoteAnswerPending = desc.type === 'answer'
    try {
      await connection.setRemoteDescription(desc)
    } finally {
      isSettingRemoteAnswerPending = false
    }
    if (desc.type !== 'offer') return
    await connection.setLocalDescription()
    answered = desc.sdp
    tell()
  }

  async function hearCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    try {
      await connection.addIceCandidate(candidate ?? undefined)
    } catch (error) {
      // Candidates of an offer that gave way have no place any more.
      if (!isIgnoringOffer && !isClosed) throw error
    }
  }

  return {
    hear,
    isForeign({ type, sdp }) {
      const met = connection.remoteDescription
      if (met) return certificate(met.sdp) !== certificate(sdp)
      // Chromium that takes back its first offer before it knows its networks never looks for a way (2 of 12 pages).
      return isPolite && type === 'offer' && (isMakingOffer || connection.signalingState !== 'stable')
    },
    send(data) {
      if (!isUp || channel.readyState !== 'open' || channel.bufferedAmount > MOST_BUFFERED) return false
      channel.send(data)
      return true
    },
    configure: (newer) => connection.setConfiguration({ iceServers: newer }),
    close() {
      if (isClosed) return
      become(false)
      isClosed = true
      clearInterval(pulse)
      channel.close()
      connection.close()
    },
  }
}
