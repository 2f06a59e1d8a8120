/** Roles that come with the centre have English names in the database; nobody can rename them, or take their names. */
import type { Key, Translate } from '../i18n'

const BUILT_IN: Record<string, Key> = {
  Agent: 'role.agent',
  Supervisor: 'role.supervisor',
  Administrator: 'role.administrator',
  'Knowledge editor': 'role.knowledge_editor',
  'Knowledge author': 'role.knowledge_author',
}

/** The name of a role as its reader says it. */
export function roleName(name: string, t: Translate): string {
  const key = BUILT_IN[name]
  return key ? t(key) : name
}
