/** How states, audiences and languages are called and drawn. */
import {
  CircleCheck,
  Clock,
  Eye,
  FilePen,
  Globe,
  Languages,
  Lock,
  type LucideIcon,
  Undo2,
  UserRoundCheck,
} from 'lucide-react'
import type { Key } from '../../i18n'
import type { ArticleRow, ArticleState, Audience } from '../types'

export type Badge = { icon: LucideIcon; label: Key; tone: '' | 'good' | 'warn' | 'bad' | 'info'; at?: string }

export const STATES: { value: ArticleState; label: Key }[] = [
  { value: 'draft', label: 'article.draft' },
  { value: 'in_review', label: 'article.in_review' },
  { value: 'scheduled', label: 'article.scheduled' },
  { value: 'published', label: 'article.published' },
  { value: 'retired', label: 'article.retired' },
]
export const LANGUAGES: { value: string; label: Key }[] = [
  { value: 'de', label: 'language.de' },
  { value: 'en', label: 'language.en' },
]
export const AUDIENCES: { value: Audience; label: Key; hint: Key; icon: LucideIcon }[] = [
  { value: 'public', label: 'article.public', hint: 'article.public_hint', icon: Globe },
  { value: 'customer', label: 'article.customer', hint: 'article.customer_hint', icon: UserRoundCheck },
  { value: 'internal', label: 'article.internal', hint: 'article.internal_hint', icon: Lock },
]

export type Shown = Pick<ArticleRow, 'state' | 'live' | 'outdated'> & {
  publish_at?: string | null
  audience?: Audience
}

/** What readers see comes first, then what editors are about, then what to look after. */
export function badgesOf({ state, live, outdated, publish_at, audience }: Shown): Badge[] {
  const badges: Badge[] = []
  if (live)
    badges.push({
      icon: CircleCheck,
      tone: 'good',
      label: live && state !== 'published' ? LIVE_WITH[state] : 'article.published',
    })
  if (state === 'scheduled')
    badges.push({ icon: Clock, tone: 'info', label: 'article.scheduled_for', at: publish_at ?? undefined })
  if (!live && state === 'draft') badges.push({ icon: FilePen, tone: '', label: 'article.draft' })
  if (!live && state === 'in_review') badges.push({ icon: Eye, tone: 'info', label: 'article.in_review' })
  if (state === 'retired') badges.push({ icon: Undo2, tone: '', label: 'article.retired' })
  if (outdated) badges.push({ icon: Languages, tone: 'warn', label: 'article.outdated' })
  if (audience === 'internal') badges.push({ icon: Lock, tone: 'warn', label: 'article.internal' })
  if (audience === 'customer') badges.push({ icon: UserRoundCheck, tone: '', label: 'article.customer' })
  return badges
}

const LIVE_WITH: Record<ArticleState, Key> = {
  draft: 'article.live_draft',
  in_review: 'article.live_review',
  scheduled: 'article.published',
  published: 'article.published',
  retired: 'article.published',
}
