/** What the report of knowledge says. */

export type Figures = {
  shown: number
  opened: number
  solved: number
  unsolved: number
  inserted: number
  zero_hit: number
  /** A person was asked. */
  asked: number
}
/** One day on the calendar of the centre. */
export type Day = { day: string; shown: number; solved: number; zero_hit: number; inserted: number }
export type AnswerFigures = {
  id: string
  kind: 'article' | 'code'
  title: string
  shown: number
  opened: number
  solved: number
  unsolved: number
}
export type ZeroHit = { question: string; locale: string; times: number }
/** Questions that say the same and that nothing answers. */
export type ToWrite = ZeroHit & { others: string[] }
export type Reason = { answer: string; title: string; text: string; at: string }
export type DeflectionReport = {
  since: string
  until: string
  counts: Figures
  doors: Record<string, Figures & { rate: number }>
  rate: number
  series: Day[]
  zero_hits: ZeroHit[]
  articles: AnswerFigures[]
  weak: AnswerFigures[]
  to_write: ToWrite[]
  reasons: Reason[]
}
