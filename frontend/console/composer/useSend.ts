import type { DraftKind, Upload } from '../api/types'
import { useMe } from '../app/me'
import { useLive } from '../live/context'
import { type PendingEntry, withoutPending, withPending } from '../live/log'
import { clearDraft, typeDraft } from './drafts'
import { focusComposer } from './focus'
import { forgetOutgoing, keepOutgoing, waitingOutgoing } from './outbox'
import { useDelivery } from './useDelivery'

export type Outgoing = { kind: DraftKind; body: string; files: Upload[]; close: boolean }

/** Sends a reply or note: in the log at once, confirmed by its client id; what is refused keeps its text. */
export function useSend(interaction: string) {
  const live = useLive()
  const me = useMe()
  const deliver = useDelivery()
  const log = live.log(interaction)

  /** What was written before waits for the server: this one stands behind it. */
  function wait(entry: PendingEntry): void {
    keepOutgoing(interaction, entry)
    log.update((before) => withPending(before, entry))
  }

  return {
    send({ kind, body, files, close }: Outgoing): void {
      clearDraft(interaction, kind)
      const at = new Date().toISOString()
      const own = { from: 'agent', name: me.name, user: me.id, at, failed: null } as const
      const entry = { ...own, client_id: crypto.randomUUID(), kind, body, files, close }
      if (waitingOutgoing(me.id).some(({ c }) => c === interaction)) wait({ ...entry, waiting: true })
      else deliver(interaction, entry)
    },
    retry: (entry: PendingEntry) => deliver(interaction, entry),
    /** Puts a refused message back into the box. */
    takeBack(entry: PendingEntry): void {
      forgetOutgoing(entry.client_id)
      log.update((before) => withoutPending(before, entry.client_id))
      typeDraft(interaction, entry.kind, entry.body)
      focusComposer(entry.kind)
    },
  }
}
