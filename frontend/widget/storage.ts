/** What the widget keeps between pages, by site; in memory where the browser blocks storage or has no room left. */
import type { OutboxStorage, Outgoing } from '../shared/outbox'

/** `who` is the address of the person whom the page vouched for. */
export type Key = 'token' | 'visitor' | 'c' | 'draft' | 'contact' | 'who'

export interface Keep {
  get(key: Key): string
  /** An empty value forgets the key. */
  set(key: Key, value: string): void
  /** Another tab changed a value. */
  onChange(listener: (key: Key, value: string) => void): void
  /** Something is under way: a conversation, or a message that is not sent yet. */
  hasConversation(): boolean
  outbox: OutboxStorage
}

export function createKeep(site: string): Keep {
  const prefix = `cic:${site}:`
  const outgoing = `${prefix}out:`
  const store = openShelf()
  const unsent = (): string[] => store.keys().filter((key) => key.startsWith(outgoing))
  return {
    get: (key) => store.getItem(prefix + key) ?? '',
    set: (key, value) => (value ? store.setItem(prefix + key, value) : store.removeItem(prefix + key)),
    onChange(listener) {
      window.addEventListener('storage', ({ key, newValue }) => {
        if (key?.startsWith(prefix)) listener(key.slice(prefix.length) as Key, newValue ?? '')
      })
    },
    hasConversation: () => store.getItem(`${prefix}c`) !== null || unsent().length > 0,
    outbox: {
      load: () => unsent().map((key) => JSON.parse(store.getItem(key) as string) as Outgoing),
      put: (message) => store.setItem(outgoing + message.client_id, JSON.stringify(message)),
      drop: (clientId) => store.removeItem(outgoing + clientId),
    },
  }
}

interface Shelf extends Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  keys(): string[]
}

/** Never fails: what the browser does not take lives as long as the page. */
function openShelf(): Shelf {
  const lasting = browserStorage()
  const passing = new Map<string, string>()
  return {
    keys: () => Object.keys(lasting ?? {}),
    getItem: (key) => passing.get(key) ?? lasting?.getItem(key) ?? null,
    setItem(key, value) {
      passing.set(key, value)
      try {
        lasting?.setItem(key, value)
        if (lasting) passing.delete(key)
      } catch {} // full
    },
    removeItem(key) {
      passing.delete(key)
      lasting?.removeItem(key)
    },
  }
}

function browserStorage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined // blocked
  }
}
