import type { Key } from '../../i18n'

const REASONS: Record<string, Key> = {
  missing: 'links.missing',
  retired: 'links.retired',
  draft: 'links.draft',
  audience: 'links.audience',
}

/** Why a link leads nowhere, as a sentence. */
export function reasonKey(reason: string): Key {
  return REASONS[reason] ?? 'links.broken'
}
