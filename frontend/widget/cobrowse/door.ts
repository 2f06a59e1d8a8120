/** The way to co-browsing, for launcher and panel: its file is fetched when somebody asks for it, or goes on after a reload. */
import { dictionary, translator } from '../../shared/i18n'
import type { Settings } from '../settings'
import type { Keep } from '../storage'
import type { start } from './main'
import { createTab } from './tab'

declare const COBROWSE_PATH: string

const texts = dictionary({ en: { label: 'Show my page' }, de: { label: 'Meine Seite zeigen' } })

export interface Showing {
  label: string
  /** The session that an agent has begun, null to ask for a code. */
  begin(session: string | null): void
}

export function showingDoor(settings: Settings, keep: Keep): Showing {
  let running: ReturnType<typeof start> | undefined
  let isLoading = false
  const begin = (session: string | null): void => {
    if (isLoading || (running && !session)) return
    isLoading = true
    const file: Promise<{ start: typeof start }> = import(/* @vite-ignore */ `${settings.base}${COBROWSE_PATH}`)
    file
      .then(({ start }) => {
        // A code that nobody has claimed gives way to the agent who asks by name.
        if (running && !running.yields(session as string)) return
        const ended = (): void => {
          running = undefined
        }
        running = start(settings, keep, session, ended, () => begin(null))
      })
      .catch(() => {}) // no network: the next time tries again
      .finally(() => {
        isLoading = false
      })
  }
  const before = createTab(settings.site).load()
  if (before) begin(before.session)
  return { label: translator(settings.language, texts)('label'), begin }
}
