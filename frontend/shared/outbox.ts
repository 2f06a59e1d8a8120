/**
 * Messages that the server has not confirmed yet. They keep their order and their client id, so that sending one again
 * is harmless, and they outlive the page where the storage does.
 */
import { createStore, type ReadableStore } from './store'

/**
 * queued: waits for the connection or its turn; sent: on the wire, not confirmed; acked: stored by the server, its event
 * has not come back yet; failed: the server refused it, a person decides.
 */
export type OutgoingState = 'queued' | 'sent' | 'acked' | 'failed'

export interface Outgoing {
  client_id: string
  /** null opens or continues the visitor's own interaction */
  c: string | null
  body: string
  files: readonly string[]
  page?: string
  /** ISO time of writing */
  at: string
  state: OutgoingState
  /** the number in the log, once acked */
  s?: number
  /** the server's sentence for people, once failed */
  error?: string
}

/** One record per message: tabs that share the storage do not overwrite each other. */
export interface OutboxStorage {
  load(): Outgoing[]
  put(message: Outgoing): void
  drop(clientId: string): void
}

export interface Outbox {
  list: ReadableStore<readonly Outgoing[]>
  add(message: Outgoing): void
  change(clientId: string, change: Partial<Outgoing>): void
  remove(clientId: string): void
  /** After a lost connection nothing on the wire counts as sent. */
  requeue(): void
}

export function createOutbox(storage?: OutboxStorage): Outbox {
  const restored = (storage?.load() ?? []).map(unsent).sort((a, b) => a.at.localeCompare(b.at))
  const list = createStore<readonly Outgoing[]>(restored)
  return {
    list,
    add(message) {
      storage?.put(message)
      list.update((all) => [...all, message])
    },
    change(clientId, change) {
      list.update((all) => all.map((message) => (message.client_id === clientId ? { ...message, ...change } : message)))
      const changed = list.getSnapshot().find((message) => message.client_id === clientId)
      if (changed?.state === 'acked') storage?.drop(clientId)
      else if (changed) storage?.put(changed)
    },
    remove(clientId) {
      storage?.drop(clientId)
      list.update((all) => all.filter((message) => message.client_id !== clientId))
    },
    requeue() {
      list.update((all) => all.map(unsent))
    },
  }
}

function unsent(message: Outgoing): Outgoing {
  return message.state === 'sent' ? { ...message, state: 'queued' } : message
}
