/** The script of the host page: shows the launcher, and fetches the panel when somebody reaches for it. */

import { paint } from './color'
import { fetchConfig, isRefused } from './config'
import { createLauncher } from './launcher'
import type { start } from './panel'
import { readSettings, type Settings } from './settings'
import { createKeep } from './storage'
import styles from './styles/launcher.css?inline'

declare const PANEL_PATH: string

async function boot(settings: Settings): Promise<void> {
  const config = await fetchConfig(settings).catch((error: unknown) => (isRefused(error) ? undefined : null))
  // A site that the centre does not know, or that may not be shown here.
  if (config === undefined) return
  const host = document.createElement('interaction-center')
  if (settings.theme) host.dataset.theme = settings.theme
  const root = host.attachShadow({ mode: 'open' })
  // Constructed sheets need no permission for inline styles.
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(styles)
  root.adoptedStyleSheets = [sheet]
  paint(host, config?.accent)
  const launcher = createLauncher(root, settings.language)
  const keep = createKeep(settings.site)
  document.body.append(host)

  let panel: ReturnType<typeof start> | undefined
  let tries = 0
  const load = async (): Promise<ReturnType<typeof start>> => {
    // A failed import is remembered by its address: another try needs another one.
    const address = `${settings.base}${PANEL_PATH}${tries++ ? `&try=${tries}` : ''}`
    const module: { start: typeof start } = await import(/* @vite-ignore */ address)
    panel ??= module.start({ settings, host, root, launcher, keep, config })
    return panel
  }
  let loading: Promise<ReturnType<typeof start>> | undefined
  const ready = (): Promise<ReturnType<typeof start>> => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
  const prepare = (): void => void ready().catch(() => {})
  launcher.button.addEventListener('pointerenter', prepare)
  launcher.button.addEventListener('focus', prepare)
  launcher.button.addEventListener('click', () =>
    ready().then(
      ({ toggle }) => toggle(),
      () => {},
    ),
  )
  if (settings.open)
    ready().then(
      ({ toggle }) => toggle(),
      () => {},
    )
  else if (keep.hasConversation()) prepare()
}

// Known only while the script itself runs, also for async scripts.
const settings = readSettings(document.currentScript as HTMLScriptElement | null)
if (settings) {
  if (document.body) void boot(settings)
  else document.addEventListener('DOMContentLoaded', () => void boot(settings))
}
