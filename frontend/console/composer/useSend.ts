import { useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Detail, DraftKind, Entry, Upload } from '../api/types'
import { describeError } from '../app/errors'
import { useMe } from '../app/me'
import { useActions } from '../conversation/useActions'
import { useI18n } from '../i18n'
import { useLive } from '../live/context'
import { type PendingEntry, withFailure, withoutPending, withPending } from '../live/log'
import { clearDraft, dropDraft, typeDraft } from './drafts'
import { focusComposer } from './focus'

export type Outgoing = { kind: DraftKind; body: string; files: Upload[]; close: boolean }

/** Sends a reply or note: in the log at once, confirmed by its client id; what is refused keeps its text. */
export function useSend(interaction: string) {
  const live = useLive()
  const me = useMe()
  const queries = useQueryClient()
  const { t } = useI18n()
  const { offerUndo } = useActions(interaction)
  const log = live.log(interaction)

  async function deliver(entry: PendingEntry): Promise<void> {
    log.update((before) => withPending(before, { ...entry, failed: null }))
    try {
      const stored = await api.post<Entry>(pathOf(interaction, entry.kind), bodyOf(entry))
      dropDraft(interaction, entry.kind)
      await live.confirm(interaction, stored)
      queries.invalidateQueries({ queryKey: ['interaction', interaction] })
      const row = queries.getQueryData<Detail>(['interaction', interaction])?.row
      if (entry.close && row) offerUndo(queries, row, true)
    } catch (error) {
      log.update((before) => withFailure(before, entry.client_id, describeError(error, t)))
    }
  }

  return {
    send({ kind, body, files, close }: Outgoing): void {
      clearDraft(interaction, kind)
      const at = new Date().toISOString()
      const own = { from: 'agent', name: me.name, user: me.id, at, failed: null } as const
      deliver({ ...own, client_id: crypto.randomUUID(), kind, body, files, close })
    },
    retry: deliver,
    /** Puts a refused message back into the box. */
    takeBack(entry: PendingEntry): void {
      log.update((before) => withoutPending(before, entry.client_id))
      typeDraft(interaction, entry.kind, entry.body)
      focusComposer(entry.kind)
    },
  }
}

function pathOf(interaction: string, kind: DraftKind): string {
  return `/api/interactions/${interaction}/${kind === 'note' ? 'notes' : 'reply'}`
}

function bodyOf({ kind, client_id, body, files, close }: PendingEntry): object {
  return kind === 'note' ? { client_id, body } : { client_id, body, attachments: files.map((file) => file.id), close }
}
