/** One session as the customer's page lives it: what was agreed decides what is captured, shown and done. */
import { createLink, type SocketLike } from '../../shared/cobrowse/link'
import {
  type Ask,
  CHANGES,
  FINAL_FOR_PAGE,
  type ForCustomer,
  type Input,
  type Scope,
  type SessionState,
} from '../../shared/cobrowse/wire'
import { createControl } from './control'
import { createLines } from './p2p'
import { createPass, type Pass } from './pass'
import { createSender } from './sender'
import type { Tab, TabShelf } from './tab'

/** What is shown to the customer; `ui/` is it. */
export interface Screen {
  ask(ask: Ask, answer: (isGranted: boolean) => void): void
  /** Questions that are no longer open disappear. */
  asked(scopes: readonly Scope[]): void
  code(code: string, until: string): void
  show(state: SessionState, isLost: boolean): void
  pointer(by: string, name: string, x: number, y: number): void
  draw(by: string, name: string, id: string, points: readonly (readonly [number, number])[]): void
  clear(by: string): void
  highlight(element: Element, name: string): void
  acted(kind: string): void
  /** What is hidden, as selectors, to be outlined. */
  outline(show: string, hidden: string): void
  ended(reason: string): void
  isOwnSheet(sheet: CSSStyleSheet): boolean
}

export interface SessionOptions {
  open(): SocketLike
  /** of the widget: site, token, language, page */
  auth(): object
  tab: TabShelf
  screen: Screen
  /** null: a new one, found by its code */
  session: string | null
  ended(): void
}

export interface Session {
  start(): void
  /** Makes way for another session, unless it is this one or the page is being shown. */
  yields(session: string): boolean
  /** The customer wants no more of it. */
  stop(): void
  pause(isPaused: boolean): void
  revoke(scope: Scope): void
  /** where the customer points */
  pointAt(x: number, y: number): void
}

/** By close code, for sessions that end without a word. */
const REASONS: Record<number, string> = {
  4404: 'gone',
  4409: 'elsewhere',
  4440: 'customer',
  4441: 'agent',
  4442: 'supervisor',
}
/** The session is kept for 60 s; a little more for a clock that differs. */
const GIVE_UP_MS = 75_000
const FAILURES = new Set(['gone', 'elsewhere', 'failed', 'timeout_consent', 'timeout_code'])
const NOTHING: SessionState = { state: 'consent_pending', scopes: [], agents: [], controller: null }
/** `submit`: whether forms may be sent, as it was agreed. */
type Act = Input & { submit?: boolean }

const POINTER_MS = 1000 / 30

export function createSession({ open, auth, tab, screen, session: wanted, ended }: SessionOptions): Session {
  const kept = tab.load()
  let own: Tab = kept && (!wanted || kept.session === wanted) ? kept : newTab(wanted ?? '')
  let state = NOTHING
  let pass: Pass | undefined
  /** The customer wants to rest, whether or not the centre knows already. */
  let wantsPause = false
  let isOver = false
  let wasShown = false
  let asks: Ask[] = []
  let pointedAt = 0
  const link = createLink<ForCustomer>({
    ...{ open, auth: credentials, receive, lost, over },
    ...{ final: FINAL_FOR_PAGE, giveUpMs: GIVE_UP_MS },
  })
  const lines = createLines(link.send, () => sender.last())
  const sender = createSender(transmit, () => pass?.drained())
  const control = createControl(
    (epoch, id) => pass?.find(epoch, id),
    () => pass?.epoch() ?? 0,
  )

  function transmit(frame: Uint8Array<ArrayBuffer>): boolean {
    // Pictures are large and not in a hurry: they go by the relay alone.
    if (frame[1] === CHANGES) lines.send(frame)
    return link.sendBytes(frame)
  }

  function credentials(): object {
    const { session, resume } = own
    return { as: 'customer', ...auth(), ...(session && { session }), ...(resume && { resume }) }
  }

  // ---------------------------------------------------------------- frames

  function receive(frame: ForCustomer): void {
    if (frame.t === 'ready') ready(frame)
    else if (frame.t === 'state') settle(frame)
    else if (frame.t === 'code') screen.code(frame.code, frame.expires_at)
    else if (frame.t === 'ask') asked([frame])
    else if (frame.t === 'ack') sender.ack(frame.s)
    else if (frame.t === 'resume') resume(frame.from)
    else if (frame.t === 'snapshot.request') again()
    // Without a session there is nothing that could go on.
    else if (frame.t === 'err' && !own.session) end('failed')
    else if (frame.t === 'end') end(frame.reason)
    else helped(frame)
  }

  function again(): void {
    if (isShown(state)) pass?.snapshot()
  }

  /** What an agent shows or does on the page. */
  function helped(frame: ForCustomer): void {
    if (frame.t === 'pointer') screen.pointer(frame.by, frame.name, frame.x, frame.y)
    else if (frame.t === 'draw') screen.draw(frame.by, frame.name, frame.id, frame.points)
    else if (frame.t === 'clear') screen.clear(frame.by)
    else if (frame.t === 'highlight') {
      const node = pass?.find(frame.e, frame.n)?.node
      if (node instanceof Element) screen.highlight(node, frame.name)
    } else if (frame.t === 'turn') lines.configure(frame.servers)
    else if (frame.t === 'sdp' || frame.t === 'ice') lines.hear(frame.from, frame)
    else if (frame.t.startsWith('input.')) act(frame as Act)
  }

  function act(frame: Act): void {
    const isAllowed = state.scopes.includes('control') && !state.paused
    const done = isAllowed
      ? control.act(frame, (frame.submit ?? state.submit) === true)
      : { ok: false, code: 'forbidden' as const }
    if (done.ok) screen.acted(frame.t)
    link.send({ t: 'input.done', id: frame.id, ...done })
  }

  function ready(frame: Extract<ForCustomer, { t: 'ready' }>): void {
    if (!frame.session) {
      link.send({ t: 'code.create' })
      return
    }
    if (own.session && own.session !== frame.session) own = newTab(frame.session)
    remember({ session: frame.session, resume: frame.resume ?? own.resume })
    const isNew = !pass
    pass ??= createPass({
      ...{ rules: frame.rules, epoch: own.epoch, salt: own.salt, isOwnSheet: screen.isOwnSheet },
      outlet: {
        ...sender,
        snapshot(epoch, ops, isFirst, isLast) {
          if (isFirst) remember({ epoch })
          sender.snapshot(epoch, ops, isFirst, isLast)
        },
      },
    })
    if (isNew) screen.outline(pass.selector('show'), [pass.selector('mask'), pass.selector('block')].join())
    if (wantsPause && !frame.paused) link.send({ t: 'pause' })
    const goesOn = !isNew && sender.resume(frame.s)
    if (!goesOn) sender.restart(frame.s)
    settle(frame, !goesOn)
    asks = []
    asked(frame.asks)
  }

  function remember(change: Partial<Tab>): void {
    own = { ...own, ...change }
    tab.save(own)
  }

  function resume(from: number): void {
    if (sender.resume(from)) return
    sender.restart(from)
    again()
  }

  const isShown = ({ scopes, paused }: SessionState): boolean => scopes.includes('view') && !paused

  /** Capture follows what was agreed; what is not agreed any more stops at once. */
  function settle(told: SessionState, isAnew = false): void {
    const before = state
    const now = wantsPause ? { ...told, paused: true } : told
    state = now
    if (now.state === 'ended') return
    wasShown ||= now.scopes.includes('view')
    if (isShown(now) && (isAnew || !isShown(before))) pass?.start()
    else if (!isShown(now) && isShown(before)) {
      pass?.pause()
      sender.clear()
    }
    lines.follow(now)
    asked([])
    screen.show(now, false)
  }

  // ---------------------------------------------------------------- consent

  function asked(more: readonly Ask[]): void {
    const known = asks.filter(({ scope }) => !more.some((ask) => ask.scope === scope))
    asks = [...known, ...more].filter(({ scope }) => !state.scopes.includes(scope))
    screen.asked(asks.map(({ scope }) => scope))
    for (const ask of more) screen.ask(ask, (isGranted) => answer(ask, isGranted))
  }

  function answer(ask: Ask, isGranted: boolean): void {
    const { scope, version, hash } = ask
    asks = asks.filter((other) => other !== ask)
    link.send(isGranted ? { t: 'consent.grant', scope, version, hash } : { t: 'consent.deny', scope })
  }

  // ---------------------------------------------------------------- ends

  function lost(): void {
    // What was signalled meanwhile has reached nobody, and what the relay does not take has no number yet: the lines are
    // opened anew with the next `ready`.
    lines.close()
    screen.show(state, true)
  }

  function over(code: number): void {
    end(REASONS[code] ?? 'failed')
  }

  function end(reason: string): void {
    if (isOver) return
    isOver = true
    pass?.stop()
    control.stop()
    sender.clear()
    lines.close()
    tab.forget()
    link.stop()
    // What was never shown ends without a word, unless it has failed.
    screen.ended(wasShown || FAILURES.has(reason) ? reason : '')
    ended()
  }

  return {
    start() {
      if (!isOver) link.start()
    },
    yields(session) {
      const makesWay = own.session !== session && state.state !== 'viewing'
      if (makesWay) end('')
      return makesWay
    },
    stop() {
      // The page is silent from here on, whether or not the message gets through.
      pass?.pause()
      link.send(state.state === 'viewing' ? { t: 'consent.revoke', scope: 'view' } : { t: 'end' })
      end('customer')
    },
    pause(isPaused) {
      wantsPause = isPaused
      link.send({ t: isPaused ? 'pause' : 'unpause' })
      if (isPaused) settle(state)
    },
    revoke(scope) {
      state = { ...state, scopes: state.scopes.filter((other) => other !== scope) }
      link.send({ t: 'consent.revoke', scope })
      screen.show(state, false)
    },
    pointAt(x, y) {
      const now = performance.now()
      if (!isShown(state) || now - pointedAt < POINTER_MS) return
      pointedAt = now
      link.send({ t: 'pointer', x, y })
    },
  }
}

function newTab(session: string): Tab {
  return { session, resume: '', epoch: 0, salt: crypto.getRandomValues(new Uint32Array(2)).join('-') }
}
