/** What the doors of calls send: `/api/callback/…` and the frame `call`. */

import type { Call, CallLeg } from '../../shared/wire'
import type { Named, Row } from '../api/types'

export type { Call, CallLeg }
export type LineShort = { id: string; name: string; mode: string }
/** `web_hook`: the address that Twilio is given for calls that come in. */
export type Line = LineShort & {
  number: string
  active: boolean
  paused_at: string | null
  paused_by: string
  slot_minutes: number
  records: boolean
}
export type RequestStage =
  | 'scheduled'
  | 'due'
  | 'claimed'
  | 'dialling'
  | 'unknown'
  | 'connected'
  | 'wrapup'
  | 'retry_wait'
  | 'done'
  | 'cancelled'
  | 'expired'
  | 'refused'
  | 'failed'
/** “Call me back”. `late_seconds`: how long after its promise they were reached or wait already; null: called off. */
export type CallRequest = {
  id: string
  interaction: string
  line: LineShort
  number: string
  name: string
  stage: RequestStage
  reason: string
  requested_at: string
  wanted_at: string | null
  next_at: string | null
  calls_made: number
  max_attempts: number
  connected_at: string | null
  ended_at: string | null
  disposition: string
  promised_at: string
  late_seconds: number | null
  customer: Row['customer']
  first_words: string
  assigned_to: Named | null
}
export type RequestDetail = { request: CallRequest | null; calls: Call[] }
export type Slot = { start: string; end: string; free: number; taken: number }
export type SlotDay = { date: string; slots: Slot[] }
export type SlotCalendar = { zone: string; minutes: number; capacity: number; days: SlotDay[] }
export type PhoneKind = 'none' | 'number' | 'softphone'
export type Phone = { kind: PhoneKind; number: string }
export type Disposition = 'solved' | 'follow_up' | 'wrong_number' | 'no_interest' | 'do_not_call' | 'other'
export type NextStep = 'done' | 'retry' | 'move'
export type CallFigures = {
  asked: number
  promised: number
  kept: number
  reached: number
  calls: number
  kept_rate: number | null
  reach_rate: number | null
  attempts_per_contact: number | null
  wait_saved_seconds: number | null
}
export type CallDay = CallFigures & { day: string }
export type CallReport = { whole: CallFigures; series: CallDay[]; lines: (CallFigures & Named)[] }
