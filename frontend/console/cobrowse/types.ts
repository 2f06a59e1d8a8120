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
export type Earlier = {
  id: string
  agents: string[]
  scopes: string[]
  created_at: string
  ended_at: string
  seconds: number
  reason: string
  by: string
}

export type Sessions = { session: Session | null; earlier: Earlier[] }
export type Started = { session: Session; interaction: string }
