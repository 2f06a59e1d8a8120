/** Everything the views share: settings, texts, stores and the ways between the screens. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { openHttpLine } from '../shared/http-line'
import { type Translator, translator } from '../shared/i18n'
import type { SocketLike } from '../shared/link'
import { createLiveClient } from '../shared/protocol'
import { createStore, type ReadableStore, type Store } from '../shared/store'
import type { VisitorState } from '../shared/wire'
import { type Api, createApi } from './api'
import type { Door } from './callback/door'
import { type Chat, createChat, type VisitorClient } from './chat'
import type { Showing } from './cobrowse/door'
import type { Config } from './config'
import type { Launcher } from './launcher'
import type { Settings } from './settings'
import type { Keep } from './storage'
import { type TextKey, texts } from './texts'

/** The question a visitor asked goes along, so that it need not be typed again. */
export type View =
  | { name: 'home'; q: string }
  | { name: 'article'; id: string; q: string; from: 'home' | 'chat' }
  | { name: 'thanks' }
  | { name: 'chat' }
  | { name: 'door'; q: string }

/** What the launcher hands over. `config` is null when the centre could not be reached. */
export interface Launched {
  settings: Settings
  host: HTMLElement
  root: ShadowRoot
  launcher: Launcher
  keep: Keep
  config: Config | null
  /** Asks the centre anew and paints the host. Like the doors, a launcher that was kept from before an update has none. */
  load?: () => Promise<Config>
  door?: ReadableStore<Door | null>
  showing?: Showing
}

/** For so long what the centre said about itself is not asked again. */
const FRESH_MS = 30_000

export interface Widget {
  settings: Settings
  t: Translator<TextKey>
  keep: Keep
  api: Api
  live: VisitorClient
  chat: Chat
  config: ReadableStore<Config | null>
  /** The centre could not be reached; `load` tries again. */
  failed: ReadableStore<boolean>
  load(): void
  isOpen: Store<boolean>
  /** What was learnt a while ago, like who is there, is asked anew. */
  open(): void
  /** Gives the focus back to the launcher. */
  close(): void
  view: Store<View>
  /** A way to a person beside the chat, once it is known that there is one. */
  door: ReadableStore<Door | null>
  /** Lets somebody see the host page. */
  showing?: Showing
  /** To the chat, with the question (if any) ready to be sent. */
  ask(q: string): void
}

export function createWidget({ settings, launcher, keep, config: first, load, door, showing }: Launched): Widget {
  const live = createVisitorClient(settings, keep)
  const chat = createChat(live, keep, (settings.identity?.email ?? '').trim().toLowerCase())
  const config = createStore(first)
  const failed = createStore(!first)
  let asked = Date.now()
  const isOpen = createStore(false)
  const view = createStore<View>({ name: 'home', q: '' })
  live.listen((frame) => frame.t === 'cobrowse' && !frame.ended && showing?.begin(frame.session))
  if (keep.hasConversation()) chat.wake()
  return {
    settings,
    t: translator(settings.language, texts),
    keep,
    api: createApi(settings),
    live,
    chat,
    config,
    failed,
    load() {
      failed.set(false)
      asked = Date.now()
      load?.().then(config.set, () => failed.set(!config.getSnapshot()))
    },
    isOpen,
    open() {
      if (Date.now() - asked > FRESH_MS) this.load()
      isOpen.set(true)
    },
    close() {
      isOpen.set(false)
      launcher.button.focus()
    },
    view,
    door: door ?? createStore(null),
    showing,
    ask(q) {
      if (q) {
        if (chat.state.getSnapshot().now?.state === 'closed') chat.startAnew()
        keep.set('draft', q)
      }
      view.set({ name: 'chat' })
    },
  }
}

function createVisitorClient(settings: Settings, keep: Keep): VisitorClient {
  const { base, site, identity, language: lang, byHttp } = settings
  return createLiveClient<VisitorState>({
    url: `${base.replace(/^http/, 'ws')}/ws/chat`,
    auth: () => ({ site, lang, identity, token: keep.get('token') || null, page: location.href }),
    onUnauthorized() {
      const hadToken = keep.get('token') !== ''
      keep.set('token', '')
      return hadToken
    },
    storage: keep.outbox,
    // Where no WebSocket opens (the page's policy, a proxy in between), the next try goes by HTTP, and so on in turns.
    open: (url, protocol, tries) =>
      byHttp || tries % 2 ? openHttpLine(`${base}/chat/line`) : (new WebSocket(url, protocol) as SocketLike),
  })
}

export const WidgetContext = createContext<Widget>(undefined as unknown as Widget)
export const useWidget = (): Widget => useContext(WidgetContext)
