/** A way to a person beside the chat, for the panel: its name, and a screen that comes in a file of its own. */
import { dictionary, translator } from '../../shared/i18n'
import { createStore, type ReadableStore } from '../../shared/store'
import type { Settings } from '../settings'
import type { Keep } from '../storage'
import type { Offer, show } from './view'

declare const CALLBACK_PATH: string

const texts = dictionary({ en: { label: 'Call me back' }, de: { label: 'Rufen Sie mich zurück' } })

export interface Door {
  label: string
  /** `q` is what the visitor has asked, which need not be typed again. */
  show(place: HTMLElement, q: string): void
}

/** Null until it is known that somebody calls back. Asked when the panel is, not with every page of the host. */
export function callbackDoor(settings: Settings, root: ShadowRoot, keep: Keep): ReadableStore<Door | null> {
  const door = createStore<Door | null>(null)
  const label = translator(settings.language, texts)('label')
  const open = (place: HTMLElement, q: string): void => {
    const path = `${settings.base}${CALLBACK_PATH}`
    const load: Promise<{ show: typeof show }> = import(/* @vite-ignore */ path)
    load.then(
      (file) => file.show({ place, q, settings, root, keep }),
      () => location.assign(`${settings.base}/callback/${settings.language}/?${new URLSearchParams({ question: q })}`),
    )
  }
  askOffer(settings, keep).then(
    ({ line }) => line && door.set({ label, show: open }),
    () => {}, // no network: the chat says so
  )
  return door
}

/** What can be chosen, on the visitor's own clock. */
export async function askOffer(settings: Settings, keep: Keep): Promise<Offer> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const response = await fetch(callbackAddress(settings, 'offer', { zone }), {
    credentials: 'omit',
    headers: visitorOf(keep),
  })
  // Without the token whoever it was has nothing open; what is on offer is the same.
  if (response.status === 401) return (await fetch(callbackAddress(settings, 'offer', { zone }))).json()
  if (!response.ok) throw new Error()
  return response.json()
}

export function visitorOf(keep: Keep): Record<string, string> {
  const token = keep.get('token')
  return token ? { Authorization: `Visitor ${token}` } : {}
}

export function callbackAddress({ base, site, language }: Settings, path: string, query = {}): string {
  return `${base}/callback/${path}?${new URLSearchParams({ site, lang: language, ...query })}`
}
