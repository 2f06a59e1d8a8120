/** For tests: a widget on a page where nobody is signed in; it opens no socket before it is woken. */
import { type ComponentChildren, render } from 'preact'
import { act } from 'preact/test-utils'
import { createStore } from '../shared/store'
import type { Door } from './callback/door'
import { type Config, fetchConfig } from './config'
import { createLauncher } from './launcher'
import type { Settings } from './settings'
import { createKeep } from './storage'
import { createWidget, type Widget, WidgetContext } from './widget'

const config: Config = {
  name: 'Shop',
  accent: '#0b57d0',
  greeting: {},
  open: false,
  agents: false,
  mail: true,
  opens_at: null,
  promise: null,
  suggestions: [],
  limits: { body: 8000, file: 1000 },
}

export function widgetWith(more: Partial<Config> = {}, door: Door | null = null): Widget {
  const host = document.createElement('div')
  const root = host.attachShadow({ mode: 'open' })
  const settings: Settings = {
    base: 'https://centre.example',
    site: 'SITE',
    language: 'en',
    identity: null,
    theme: '',
    open: false,
    byHttp: false,
  }
  return createWidget({
    settings,
    host,
    root,
    launcher: createLauncher(root, 'en'),
    keep: createKeep('SITE'),
    config: { ...config, ...more },
    load: () => fetchConfig(settings),
    door: createStore(door),
  })
}

/** A page that shows a part of the widget. */
export function shown(widget: Widget, part: ComponentChildren): HTMLElement {
  const page = document.createElement('div')
  act(() => render(<WidgetContext.Provider value={widget}>{part}</WidgetContext.Provider>, page))
  return page
}
