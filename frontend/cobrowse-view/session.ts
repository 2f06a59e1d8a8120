/** What the agent is told of the session, worked from the frames of the server. Pure. */
import type { Asked, ForAgent, Person, Scope, SessionState } from '../shared/cobrowse/wire'

/** idle: paused because nothing happened for long; refused: this socket is not let in; ended: the session is over, for `reason`. */
export type Phase = 'connecting' | 'waiting' | 'live' | 'paused' | 'idle' | 'customer_away' | 'ended' | 'refused'

export interface Session {
  phase: Phase
  /** Whether our own line stands. */
  online: boolean
  you: string
  customer: string
  scopes: readonly Scope[]
  agents: readonly Person[]
  controller: string | null
  /** What the customer has been asked and has not answered. */
  asked: readonly Asked[]
  reason: string
  by: string
}

export const START: Session = {
  phase: 'connecting',
  online: false,
  you: '',
  customer: '',
  scopes: [],
  agents: [],
  controller: null,
  asked: [],
  reason: '',
  by: '',
}

export function withFrame(session: Session, frame: ForAgent): Session {
  switch (frame.t) {
    case 'ready':
      return { ...told(session, frame), online: true, you: frame.you, customer: frame.customer.name, asked: frame.asks }
    case 'state':
      return told(session, frame)
    case 'asked':
      return { ...session, asked: [...session.asked.filter(({ scope }) => scope !== frame.scope), frame] }
    case 'end':
      return { ...session, phase: 'ended', reason: frame.reason, by: frame.by ?? '', scopes: [], asked: [] }
    default:
      return session
  }
}

export function withoutLine(session: Session): Session {
  return { ...session, online: false }
}

/** The socket was closed for good. An `end` frame has said more than a number can. */
export function refused(session: Session, code: number): Session {
  return session.phase === 'ended' ? session : { ...session, online: false, phase: 'refused', reason: String(code) }
}

/** Nobody has answered in time. */
export function withoutLapsed(session: Session, now: number): Session {
  const asked = session.asked.filter(({ until }) => Date.parse(until) > now)
  return asked.length === session.asked.length ? session : { ...session, asked }
}

export const may = (session: Session, scope: Scope): boolean => session.scopes.includes(scope)

/** What is not asked any more is answered, whichever way. */
function told(session: Session, frame: Extract<ForAgent, { t: 'ready' | 'state' }>): Session {
  const { scopes, agents, controller, asking = [] } = frame
  if (session.phase === 'ended') return session
  const asked = session.asked.filter(({ scope }) => asking.includes(scope))
  return { ...session, phase: phaseOf(frame), scopes, agents, controller, asked }
}

function phaseOf({ state, paused, paused_by, reconnecting }: SessionState): Phase {
  if (state === 'ended') return 'ended'
  if (state !== 'viewing') return 'waiting'
  if (reconnecting) return 'customer_away'
  if (paused) return paused_by === 'idle' ? 'idle' : 'paused'
  return 'live'
}
