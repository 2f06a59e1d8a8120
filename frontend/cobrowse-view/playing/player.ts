/** A recording that is played: its socket, its clock, and the page as it was at that moment. */
import type { Language, Translator } from '../../shared/i18n'
import { translator } from '../../shared/i18n'
import { createStore, type Store } from '../../shared/store'
import { createMarks, type MarkStore } from '../marks'
import { createMirror, type Mirror } from '../mirror'
import type { BoxWords } from '../rebuild/boxes'
import type { Size } from '../rebuild/stage'
import { type Item, readPiece, type Said } from './items'
import { createReel, type Place, type Reel } from './reel'
import { type TextKey, texts } from './texts'

export interface Playing {
  phase: 'connecting' | 'ready' | 'over'
  /** Why there is nothing to see; '' while there is. */
  reason: string
  at: number
  from: number
  until: number
  isPlaying: boolean
  isWaiting: boolean
  speed: number
}

export interface About {
  customer: string
  agents: string[]
  started_at: string
  until: string
}

interface Ready {
  t: 'ready'
  ms: number
  pieces: Place[]
  customer: { name: string }
  agents: string[]
  started_at: string
  until: string
}

export interface Player {
  t: Translator<TextKey>
  language: Language
  playing: Store<Playing>
  about: Store<About | null>
  size: Store<Size>
  zoom: Store<number | 'fit'>
  scale: Store<number>
  marks: MarkStore
  /** Where an agent points. */
  pointer: Store<{ x: number; y: number } | null>
  readonly mirror: Mirror
  toggle(): void
  seek(ms: number): void
  quicken(speed: number): void
}

export const SPEEDS = [1, 2, 4, 8]
const PROTOCOL = 'cic.cobrowse-recording.v1'
const TICK_MS = 50
const HEARTBEAT_MS = 10_000
const START: Playing = {
  phase: 'connecting',
  reason: '',
  at: 0,
  from: 0,
  until: 0,
  isPlaying: false,
  isWaiting: true,
  speed: 1,
}

export interface PlayerOptions {
  recording: string
  socket: string
  language: Language
  words: BoxWords
}

export function createPlayer({ recording, socket, language, words }: PlayerOptions, root: HTMLElement): Player {
  const t = translator(language, texts)
  const playing = createStore<Playing>(START)
  const about = createStore<About | null>(null)
  const size = createStore<Size>({ width: 1024, height: 640 })
  const pointer = createStore<{ x: number; y: number } | null>(null)
  const marks = createMarks()
  const line = new WebSocket(socket, PROTOCOL)
  let reel: Reel | undefined
  let mirror = newMirror()
  let ticked = performance.now()
  const change = (part: Partial<Playing>): void => playing.update((known) => ({ ...known, ...part }))

  function newMirror(): Mirror {
    return createMirror({ root, title: t('page'), words, send: () => false, sized: size.set, shown: () => {} })
  }

  line.binaryType = 'arraybuffer'
  line.onopen = () => line.send(JSON.stringify({ t: 'auth', recording }))
  line.onmessage = ({ data }) => (typeof data === 'string' ? heard(JSON.parse(data)) : got(data as ArrayBuffer))
  line.onclose = ({ code }) => over(code === 4401 ? 'unauthorized' : 'offline')
  setInterval(() => line.readyState === WebSocket.OPEN && line.send('{"t":"ping"}'), HEARTBEAT_MS)
  setInterval(tick, TICK_MS)

  function heard(data: unknown): void {
    const frames = (Array.isArray(data) ? data : [data]) as (
      | Ready
      | { t: 'err'; code: string }
      | { t: 'hello' | 'pong' }
    )[]
    for (const frame of frames) {
      if (frame.t === 'err') over(frame.code)
      if (frame.t === 'ready') ready(frame)
    }
  }

  function ready({ ms, pieces, customer, agents, started_at, until }: Ready): void {
    about.set({ customer: customer.name, agents, started_at, until })
    if (pieces.length === 0) {
      over('empty')
      return
    }
    const from = pieces[0]?.[0] ?? 0
    reel = createReel(pieces, (piece) => line.send(JSON.stringify({ t: 'read', piece })))
    change({ phase: 'ready', at: from, from, until: Math.max(ms, pieces.at(-1)?.[0] ?? 0), isPlaying: true })
  }

  function got(data: ArrayBuffer): void {
    try {
      const { number, items } = readPiece(data)
      reel?.put(number, items)
    } catch {
      over('unreadable')
    }
  }

  /** The first reason counts; what is shown stays. */
  function over(reason: string): void {
    if (!playing.getSnapshot().reason) change({ phase: 'over', reason, isPlaying: false })
  }

  function tick(): void {
    const passed = performance.now() - ticked
    ticked += passed
    const { phase, at, until, isPlaying, isWaiting, speed } = playing.getSnapshot()
    if (!reel || phase !== 'ready') return
    const now = isPlaying && !isWaiting ? Math.min(until, at + passed * speed) : at
    for (const item of reel.due(now)) show(item)
    const waits = reel.isWaiting(now)
    if (now !== at || waits !== isWaiting || (isPlaying && now >= until))
      change({ at: now, isWaiting: waits, isPlaying: isPlaying && now < until })
  }

  function show({ frame }: Item): void {
    if (frame instanceof ArrayBuffer) mirror.take(frame)
    else say(frame)
  }

  function say({ t: kind, by, x = 0, y = 0, id = '', n, points = [] }: Said): void {
    if (kind === 'pointer') by ? pointer.set({ x, y }) : marks.customerAt(x, y)
    if (kind === 'draw') marks.draw(String(id), points)
    if (kind === 'clear') marks.clear()
    if (kind === 'highlight' || kind.startsWith('input.')) marks.highlight(n ?? null)
  }

  function seek(to: number): void {
    const { at, from, until } = playing.getSnapshot()
    const wanted = Math.max(from, Math.min(until, to))
    if (reel?.seek(at, wanted)) {
      mirror.stage.destroy()
      mirror = newMirror()
      marks.clear()
      pointer.set(null)
    }
    change({ at: wanted })
  }

  return {
    ...{ t, language, playing, about, size, marks, pointer, seek },
    zoom: createStore<number | 'fit'>('fit'),
    scale: createStore(1),
    get mirror() {
      return mirror
    },
    toggle() {
      const { phase, at, from, until, isPlaying } = playing.getSnapshot()
      if (phase !== 'ready') return
      if (at >= until) seek(from)
      change({ isPlaying: !isPlaying })
    },
    quicken: (speed) => change({ speed }),
  }
}
