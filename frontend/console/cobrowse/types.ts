import type { Named } from '../api/types'

/** A session that goes on. */
export type Session = {
  id: string
  state: 'code_issued' | 'consent_pending' | 'viewing' | 'ended'
  scopes: string[]
  controller: string | null
  agents: Named[]
  created_at: string
  viewing_at: string | null
}

/** One that has ended; `seconds`: how long the page was seen. */
/** What a session's customer has let us keep; `until` is when it is deleted, `removed_by` who has deleted it before. */
export type Recording = {
  id: string
  started_at: string
  ended_at: string | null
  until: string | null
  removed_at: string | null
  removed_by: string
  can_play: boolean
}

export type Earlier = {
  id: string
  agents: string[]
  scopes: string[]
  created_at: string
  ended_at: string
  seconds: number
  reason: string
  by: string
  recordings: Recording[]
}

export type Sessions = { session: Session | null; earlier: Earlier[] }
export type Started = { session: Session; interaction: string }
