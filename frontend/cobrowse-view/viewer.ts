/** One open view: its socket, the mirrored page, and what the screen shows of both. */
import { createLink, type SocketLike } from '../shared/cobrowse/link'
import {
  FINAL_FOR_VIEW,
  type ForAgent,
  type Frame,
  type InputRefusal,
  PROTOCOL,
  type Scope,
} from '../shared/cobrowse/wire'
import { type Language, type Translator, translator } from '../shared/i18n'
import { createStore, type Store } from '../shared/store'
import { type Control, createControl, type Editing, type Problem } from './control'
import { createDirect } from './direct'
import { createMarks, type MarkStore } from './marks'
import { createMirror, type Mirror } from './mirror'
import type { BoxWords } from './rebuild/boxes'
import type { Size } from './rebuild/stage'
import { may, refused, type Session, START, withFrame, withoutLapsed, withoutLine } from './session'
import { type TextKey, texts } from './texts'

export interface Settings {
  session: string
  /** The address of the relay. */
  socket: string
  language: Language
}

export type T = Translator<TextKey>
export type Tool = 'look' | 'point' | 'highlight' | 'draw' | 'control'

/** What a tool needs. */
export const NEEDS: Record<Tool, Scope> = {
  look: 'view',
  point: 'point',
  highlight: 'point',
  draw: 'point',
  control: 'control',
}

export interface Health {
  /** Milliseconds; null before it was measured. */
  roundTrip: number | null
  behind: number
  /** Whether the direct line stands. */
  direct: boolean
}

export interface Notice {
  words: string
  tone: 'info' | 'bad'
}

export interface Viewer {
  t: T
  session: Store<Session>
  health: Store<Health>
  /** whole: a page is shown; mending: it is old, a new one is on its way. */
  picture: Store<'none' | 'whole' | 'mending'>
  size: Store<Size>
  /** What the agent has chosen, and what comes of it. */
  zoom: Store<number | 'fit'>
  scale: Store<number>
  follow: Store<boolean>
  tool: Store<Tool>
  editing: Store<Editing | null>
  notice: Store<Notice | null>
  /** Whether the sheet of keys is shown. */
  sheet: Store<boolean>
  marks: MarkStore
  mirror: Mirror
  control: Control
  send(frame: Frame): boolean
  say(key: TextKey, values?: Record<string, string>, tone?: Notice['tone']): void
  pick(tool: Tool): void
  stop(): void
}

const HEALTH_EVERY_MS = 1_000
const NOTICE_MS = 6_000

export function createViewer(settings: Settings, root: HTMLElement): Viewer {
  const t = translator(settings.language, texts)
  const session = createStore<Session>(START)
  const health = createStore<Health>({ roundTrip: null, behind: 0, direct: false })
  const picture = createStore<'none' | 'whole' | 'mending'>('none')
  const size = createStore<Size>({ width: 1024, height: 640 })
  const zoom = createStore<number | 'fit'>('fit')
  const scale = createStore(1)
  const follow = createStore(true)
  const tool = createStore<Tool>('look')
  const editing = createStore<Editing | null>(null)
  const notice = createStore<Notice | null>(null)
  const sheet = createStore(false)
  const marks = createMarks()
  const mirror = createMirror({
    root,
    title: t('page'),
    words: boxWords(t),
    send,
    sized: size.set,
    shown: picture.set,
  })
  const control = createControl({ mirror, send, edit: editing.set, problem: explain })
  const direct = createDirect({
    send,
    receive: mirror.takeNext,
    changed: (isUp) => health.update((known) => ({ ...known, direct: isUp })),
  })
  const link = createLink<ForAgent>({
    open: () => openSocket(settings.socket),
    auth: () => ({ as: 'agent', session: settings.session }),
    receive: frame,
    receiveBytes: mirror.take,
    roundTrip: (roundTrip) => health.update((known) => ({ ...known, roundTrip })),
    final: FINAL_FOR_VIEW,
    lost: () => session.update(withoutLine),
    over: (code) => session.update((known) => refused(known, code)),
  })
  link.start()
  const watch = setInterval(() => {
    health.update((known) => (known.behind === mirror.behind ? known : { ...known, behind: mirror.behind }))
    change((known) => withoutLapsed(known, Date.now()))
  }, HEALTH_EVERY_MS)
  follow.subscribe(() => mirror.stage.follow(follow.getSnapshot()))

  /** What nobody has consented to is not even sent: the server would count it as an attempt. */
  function send(data: Frame): boolean {
    const needed = scopeOf(data.t)
    return (!needed || may(session.getSnapshot(), needed)) && link.send(data)
  }

  function frame(data: ForAgent): void {
    change((known) => withFrame(known, data))
    direct.hear(data)
    if (data.t === 'ready') mirror.resume()
    if (!may(session.getSnapshot(), 'view')) picture.set('none')
    if (data.t === 'pointer') marks.customerAt(data.x, data.y)
    if (data.t === 'input.done' && !data.ok) explain(data.code ?? 'gone')
    if (data.t === 'err') notice.set({ words: data.message, tone: 'bad' })
    if (data.t === 'end') leave()
  }

  function change(to: (known: Session) => Session): void {
    const before = session.getSnapshot()
    session.update(to)
    announce(before, session.getSnapshot())
    direct.follow(session.getSnapshot())
  }

  function leave(): void {
    marks.clear()
    editing.set(null)
    tool.set('look')
  }

  /** What changed in words: scopes that came and went, asks that led to nothing. A lost scope takes its tool away. */
  function announce(before: Session, after: Session): void {
    const name = (scope: Scope): Record<string, string> => ({ scope: t(`scope_${scope}`) })
    for (const scope of after.scopes) if (!may(before, scope) && scope !== 'view') say('now_granted', name(scope))
    for (const scope of before.scopes) {
      if (!may(after, scope) && after.phase !== 'ended') say('taken_back', name(scope), 'bad')
    }
    for (const { scope } of before.asked) {
      const isOpen = after.asked.some((ask) => ask.scope === scope)
      if (!isOpen && !may(after, scope) && after.phase !== 'ended') say('unanswered', name(scope), 'bad')
    }
    if (!may(after, NEEDS[tool.getSnapshot()])) {
      tool.set('look')
      editing.set(null)
    }
    if (may(before, 'point') && !may(after, 'point')) marks.clear()
  }

  function explain(problem: Problem | InputRefusal): void {
    say(`problem_${problem}`, {}, 'bad')
  }

  let silence: ReturnType<typeof setTimeout> | undefined
  function say(key: TextKey, values: Record<string, string> = {}, tone: Notice['tone'] = 'info'): void {
    notice.set({ words: t(key, values), tone })
    clearTimeout(silence)
    silence = setTimeout(() => notice.set(null), NOTICE_MS)
  }

  return {
    t,
    session,
    health,
    picture,
    size,
    zoom,
    scale,
    follow,
    tool,
    editing,
    notice,
    sheet,
    marks,
    mirror,
    control,
    send,
    say,
    pick(wanted) {
      if (!may(session.getSnapshot(), NEEDS[wanted])) return
      editing.set(null)
      tool.set(wanted)
    },
    stop() {
      clearInterval(watch)
      clearTimeout(silence)
      link.stop()
      direct.close()
      mirror.stage.destroy()
    },
  }
}

function openSocket(url: string): SocketLike {
  const socket = new WebSocket(url, PROTOCOL)
  socket.binaryType = 'arraybuffer'
  return socket as SocketLike
}

const SCOPES: Record<string, Scope> = {
  ack: 'view',
  resume: 'view',
  'snapshot.request': 'view',
  pointer: 'point',
  draw: 'point',
  clear: 'point',
  highlight: 'point',
  sdp: 'p2p',
  ice: 'p2p',
}

const scopeOf = (type: string): Scope | undefined => (type.startsWith('input.') ? 'control' : SCOPES[type])

export function boxWords(t: T): BoxWords {
  return {
    blocked: t('box_blocked'),
    frame: t('box_frame'),
    canvas: t('box_canvas'),
    video: t('box_video'),
    image: t('box_image'),
    closed: t('box_closed'),
    too_large: t('box_too_large'),
  }
}
