/** What the keyboard and the palette can do with the open interaction; the open conversation says so itself. */
import type { LucideIcon } from 'lucide-react'
import { createStore } from '../../shared/store'
import type { Key } from '../i18n'

export type CommandName =
  | 'take'
  | 'reply'
  | 'note'
  | 'transfer'
  | 'close'
  | 'reopen'
  | 'release'
  | 'look'
  | 'code'
  | 'customer'
export type OpenCommand = { name: CommandName; label: Key; icon: LucideIcon; shortcut?: string; run: () => void }

export const openCommands = createStore<OpenCommand[]>([])

/** Runs a command of the open interaction; false when it is not possible now. */
export function runCommand(name: CommandName): boolean {
  const command = openCommands.getSnapshot().find((candidate) => candidate.name === name)
  command?.run()
  return command !== undefined
}
