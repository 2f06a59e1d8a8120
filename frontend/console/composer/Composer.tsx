import { Lock, MessageSquareReply } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useEffect, useLayoutEffect } from 'react'
import type { Detail, DraftKind } from '../api/types'
import { useI18n } from '../i18n'
import { useStore } from '../ui/useStore'
import { adoptDrafts, draftOf, drafts, storedDraft } from './drafts'
import { Editor } from './Editor'
import { composerFocus, openComposer } from './focus'
import { Locked } from './Locked'

/** Where answers and private notes are written. A note is possible even when the interaction is somebody else's. */
export function Composer({ detail }: { detail: Detail }) {
  const { t } = useI18n()
  const { kind } = useStore(composerFocus)
  const all = useStore(drafts)
  useEffect(() => adoptDrafts(detail), [detail])
  useStartKind(detail)
  const noteWaits = draftOf(all, detail.row.id, 'note').text !== ''
  const replyWaits = draftOf(all, detail.row.id, 'message').text !== ''
  return (
    <Tabs.Root
      className={kind === 'note' ? 'composer composer-note' : 'composer'}
      value={kind}
      onValueChange={(value) => composerFocus.set({ kind: value as DraftKind, asked: 0 })}
    >
      <Tabs.List className="composer-tabs" aria-label={t('composer.kind')}>
        <Tabs.Trigger value="message" className="composer-tab">
          <MessageSquareReply size={16} aria-hidden="true" />
          {t('composer.reply')}
          {kind === 'note' && replyWaits && <Waiting />}
        </Tabs.Trigger>
        <Tabs.Trigger value="note" className="composer-tab">
          <Lock size={16} aria-hidden="true" />
          {t('composer.note')}
          {kind === 'message' && noteWaits && <Waiting />}
        </Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="message" tabIndex={-1} className="composer-panel">
        {detail.may.reply ? <Editor key="message" detail={detail} kind="message" /> : <Locked detail={detail} />}
      </Tabs.Content>
      <Tabs.Content value="note" tabIndex={-1} className="composer-panel">
        <Editor key="note" detail={detail} kind="note" />
      </Tabs.Content>
    </Tabs.Root>
  )
}

/** Each interaction starts with the reply, unless a note was begun there: a note must never go on at another customer. */
function useStartKind(detail: Detail): void {
  const { id } = detail.row
  const noted = draftOf(drafts.getSnapshot(), id, 'note').text || storedDraft(id, 'note')
  const start: DraftKind = noted || detail.drafts.some(({ kind }) => kind === 'note') ? 'note' : 'message'
  // biome-ignore lint/correctness/useExhaustiveDependencies: only where it begins
  useLayoutEffect(() => openComposer(start), [id])
}

/** A dot on the other tab: something is written there. */
function Waiting() {
  const { t } = useI18n()
  return <span className="dot" role="img" aria-label={t('composer.draft_waits')} />
}
