/** The script of the host page: shows the launcher, and fetches the panel when somebody reaches for it. */
import { callbackDoor } from './callback/door'
import { showingDoor } from './cobrowse/door'
import { paint } from './color'
import { type Config, fetchConfig, isRefused } from './config'
import { createLauncher } from './launcher'
import type { start } from './panel'
import { readSettings, type Settings } from './settings'
import { createKeep } from './storage'
import styles from './styles/launcher.css?inline'
import type { Launched } from './widget'

declare const PANEL_PATH: string

type Panel = ReturnType<typeof start>

async function boot(settings: Settings): Promise<void> {
  const config = await fetchConfig(settings).catch((error: unknown) => (isRefused(error) ? undefined : null))
  // undefined: the centre does not know this site, or this page may not show it.
  if (config !== undefined) serve(mount(settings, config))
}

function mount(settings: Settings, config: Config | null): Launched {
  const host = document.createElement('interaction-center')
  if (settings.theme) host.dataset.theme = settings.theme
  const root = host.attachShadow({ mode: 'open' })
  // Constructed sheets need no permission for inline styles.
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(styles)
  root.adoptedStyleSheets = [sheet]
  paint(host, config?.accent)
  const launcher = createLauncher(root, settings.language)
  document.body.append(host)
  const load = async (): Promise<Config> => {
    const found = await fetchConfig(settings)
    paint(host, found.accent)
    return found
  }
  const keep = createKeep(settings.site)
  return { settings, host, root, launcher, keep, config, load, showing: showingDoor(settings, keep) }
}

function serve(launched: Launched): void {
  const { settings, launcher, keep } = launched
  const panel = panelLoader(launched)
  const prepare = (): void => void panel().catch(() => {})
  const toggle = (): void => {
    panel().then(
      (loaded) => loaded.toggle(),
      () => {}, // no network: the next click tries again
    )
  }
  launcher.button.addEventListener('pointerenter', prepare)
  launcher.button.addEventListener('focus', prepare)
  launcher.button.addEventListener('click', toggle)
  if (settings.open) toggle()
  else if (keep.hasConversation()) prepare()
}

/** Loads and starts the panel once, however often it is asked for. */
function panelLoader(launched: Launched): () => Promise<Panel> {
  let tries = 0
  let panel: Promise<Panel> | undefined
  const load = async (): Promise<Panel> => {
    // Browsers remember a failed import by its address: another try needs another one.
    const address = `${launched.settings.base}${PANEL_PATH}${tries++ ? `&try=${tries}` : ''}`
    const module: { start: typeof start } = await import(/* @vite-ignore */ address)
    const { settings, root, keep } = launched
    return module.start({ ...launched, door: callbackDoor(settings, root, keep) })
  }
  return () => {
    panel ??= load().catch((error: unknown) => {
      panel = undefined
      throw error
    })
    return panel
  }
}

// Known only while the script itself runs, also for async scripts.
const settings = readSettings(document.currentScript as HTMLScriptElement | null)
if (settings) {
  if (document.body) void boot(settings)
  else document.addEventListener('DOMContentLoaded', () => void boot(settings))
}
