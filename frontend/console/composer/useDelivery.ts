import { useQueryClient } from '@tanstack/react-query'
import { ApiError, api } from '../api/client'
import type { Detail, DraftKind, Entry } from '../api/types'
import { describeError } from '../app/errors'
import { useOfferUndo } from '../conversation/useOfferUndo'
import { useI18n } from '../i18n'
import { useLive } from '../live/context'
import { type PendingEntry, withFailure, withPending } from '../live/log'
import { draftOf, drafts, dropDraft } from './drafts'
import { forgetOutgoing, keepOutgoing } from './outbox'

/** The server is away or busy: the same message is worth another try. */
const UNREACHED = new Set([0, 502, 503, 504])

/** Brings one message or note to the server; false when it was not reached and the message waits. */
export function useDelivery(): (c: string, entry: PendingEntry) => Promise<boolean> {
  const live = useLive()
  const queries = useQueryClient()
  const { t } = useI18n()
  const offerUndo = useOfferUndo()

  const note = (c: string, entry: PendingEntry) => {
    keepOutgoing(c, entry)
    live.log(c).update((log) => withPending(log, entry))
  }
  return async (c, entry) => {
    note(c, { ...entry, failed: null, waiting: false })
    try {
      const stored = await api.post<Entry>(pathOf(c, entry.kind), bodyOf(entry))
      forgetOutgoing(entry.client_id)
      if (draftOf(drafts.getSnapshot(), c, entry.kind).text === '') dropDraft(c, entry.kind)
      await live.confirm(c, stored)
      await queries.invalidateQueries({ queryKey: ['interaction', c] })
      const row = queries.getQueryData<Detail>(['interaction', c])?.row
      if (entry.close && row?.state === 'closed') offerUndo(row, true)
      return true
    } catch (error) {
      if (error instanceof ApiError && UNREACHED.has(error.status)) {
        note(c, { ...entry, failed: null, waiting: true })
        return false
      }
      const reason = describeError(error, t)
      keepOutgoing(c, { ...entry, failed: reason, waiting: false })
      live.log(c).update((log) => withFailure(log, entry.client_id, reason))
      return true
    }
  }
}

function pathOf(c: string, kind: DraftKind): string {
  return `/api/interactions/${c}/${kind === 'note' ? 'notes' : 'reply'}`
}

function bodyOf({ kind, client_id, body, files, close }: PendingEntry): object {
  return kind === 'note' ? { client_id, body } : { client_id, body, attachments: files.map((file) => file.id), close }
}
