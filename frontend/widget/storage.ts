/** What the widget keeps between pages, by site; in memory where the browser blocks storage. */
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
  const store = workingStorage()
  const unsent = (): string[] => Object.keys(store).filter((key) => key.startsWith(outgoing))
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

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

function workingStorage(): Shelf {
  try {
    const probe = 'cic:probe'
    localStorage.setItem(probe, probe)
    localStorage.removeItem(probe)
    return localStorage
  } catch {
    return memoryShelf()
  }
}

function memoryShelf(): Shelf {
  const shelf = new Map<string, string>()
  return {
    getItem: (key) => shelf.get(key) ?? null,
    setItem: (key, value) => void shelf.set(key, value),
    removeItem: (key) => void shelf.delete(key),
  }
}
