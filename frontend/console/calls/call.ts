/** Questions about one call: whose it is, how long it lasts, which of its telephones is mine. Pure. */
import type { Key } from '../i18n'
import type { Call, CallLeg } from './types'

const OVER = new Set<Call['stage']>(['wrapup', 'ended'])
const STAGES: Record<Call['stage'], Key> = {
  waiting: 'call.waiting',
  calling_agent: 'call.calling_agent',
  calling_customer: 'call.calling_customer',
  connecting: 'call.connecting',
  talking: 'call.talking',
  on_hold: 'call.on_hold',
  wrapup: 'call.wrapup',
  ended: 'call.ended',
}

/** Whether somebody is still rung or talks. */
export function isLive(call: Call): boolean {
  return !OVER.has(call.stage)
}

export function liveLegs(call: Call): CallLeg[] {
  return call.legs.filter((leg) => leg.ended_at === null && leg.stage !== 'absent')
}

/** The telephone on which this person takes part, if they do. */
export function legOf(call: Call, user: string): CallLeg | undefined {
  return liveLegs(call).find((leg) => leg.user === user)
}

/** Whether this person is on the call, or has still to write it up. */
export function isMine(call: Call, user: string): boolean {
  if (call.stage === 'ended') return false
  if (call.agent?.id === user) return true
  return isLive(call) && legOf(call, user) !== undefined
}

/** Where the call stands, in words; a reader whose own telephone rings is told that before all else. */
export function stageKey(call: Call, user: string, now: number): Key {
  const mine = isLive(call) ? legOf(call, user) : undefined
  if (mine && mine.stage !== 'answered') return 'call.calling_you'
  if (call.stage === 'wrapup' && secondsShown(call, now) === 0) return 'call.unwritten'
  return STAGES[call.stage]
}

/** What its clock shows, in seconds: how long they talk or it rings, or how much is left to write it up. */
export function secondsShown(call: Call, now: number): number {
  if (call.stage === 'wrapup') return Math.max(0, Math.ceil((time(call.wrap_up_until) - now) / 1000))
  const since = call.bridged_at ?? call.started_at
  return Math.max(0, Math.floor(((call.ended_at ? time(call.ended_at) : now) - time(since)) / 1000))
}

/** "2:31", "1:02:31". */
export function clock(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60]
  const end = `${String(rest).padStart(2, '0')}`
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${end}` : `${minutes}:${end}`
}

/** The list with this call as it is now, or without it. */
export function withCall(calls: Call[], call: Call, keep: boolean): Call[] {
  const known = calls.some((one) => one.id === call.id)
  if (!keep) return known ? calls.filter((one) => one.id !== call.id) : calls
  return known ? calls.map((one) => (one.id === call.id ? call : one)) : [...calls, call]
}

function time(iso: string | null): number {
  return iso ? Date.parse(iso) : 0
}
