/** Plain builders for tests: everything that is not said is ordinary. */
import type { Call, CallLeg, CallRequest, Line } from './types'

export function callWith(more: Partial<Call> = {}): Call {
  return {
    id: 'k1',
    interaction: 'r1',
    direction: 'out',
    line: { id: 'l1', name: 'Service', mode: 'agent_first' },
    number: '+4930901820',
    agent: { id: 'u1', name: 'Anna Example' },
    attempt: 1,
    stage: 'talking',
    outcome: '',
    answered_by: '',
    started_at: '2026-11-25T10:00:00Z',
    bridged_at: '2026-11-25T10:00:20Z',
    ended_at: null,
    wrap_up_until: null,
    consents: [],
    recording: '',
    notes: '',
    legs: [legWith(), legWith({ id: 'g2', party: 'customer', user: '', name: '', to: '+4930901820' })],
    ...more,
  }
}

export function legWith(more: Partial<CallLeg> = {}): CallLeg {
  return {
    id: 'g1',
    party: 'agent',
    user: 'u1',
    name: 'Anna Example',
    to: '',
    stage: 'answered',
    on_hold: false,
    muted: false,
    listens: '',
    answered_at: '2026-11-25T10:00:05Z',
    ended_at: null,
    ...more,
  }
}

export function requestWith(more: Partial<CallRequest> = {}): CallRequest {
  return {
    id: 'q1',
    interaction: 'r1',
    line: { id: 'l1', name: 'Service', mode: 'agent_first' },
    number: '+4930901820',
    name: 'Mia Customer',
    stage: 'due',
    reason: '',
    requested_at: '2026-11-25T10:00:00Z',
    wanted_at: null,
    next_at: null,
    calls_made: 0,
    max_attempts: 3,
    connected_at: null,
    ended_at: null,
    disposition: '',
    promised_at: '2026-11-25T10:30:00Z',
    late_seconds: 0,
    customer: { id: 'c1', name: 'Mia Customer', verified: false },
    first_words: 'The printer shows E-04',
    assigned_to: null,
    ...more,
  }
}

export function lineWith(more: Partial<Line> = {}): Line {
  return {
    id: 'l1',
    name: 'Service',
    mode: 'agent_first',
    number: '+4930555',
    active: true,
    paused_at: null,
    paused_by: '',
    slot_minutes: 30,
    records: false,
    ...more,
  }
}
