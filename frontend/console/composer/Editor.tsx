import { Paperclip, SendHorizontal } from 'lucide-react'
import { type ClipboardEvent, type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { Detail, DraftKind } from '../api/types'
import { Warning } from '../conversation/Warnings'
import { useI18n } from '../i18n'
import { countInserted } from '../knowledge/source'
import { useLive } from '../live/context'
import { queueCursor } from '../queue/cursor'
import { Button, IconButton, Kbd } from '../ui/Button'
import { channelKey } from '../ui/Channel'
import { useStore } from '../ui/useStore'
import { AttachedFiles } from './AttachedFiles'
import { Completion } from './Completion'
import { type Asked, answered, askedAt, inserted } from './completion'
import { draftOf, drafts, flushDraft, typeDraft } from './drafts'
import { composerFocus, focusComposer } from './focus'
import { useInsertion } from './insertion'
import { useFileDrop } from './useFileDrop'
import { useSend } from './useSend'
import { useUploads } from './useUploads'

type EditorProps = { detail: Detail; kind: DraftKind }

export function Editor({ detail, kind }: EditorProps) {
  const { t } = useI18n()
  const { id } = detail.row
  const live = useLive()
  const box = useRef<HTMLTextAreaElement>(null)
  const draft = draftOf(useStore(drafts), id, kind)
  const uploads = useUploads()
  const { send } = useSend(id)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [option, setOption] = useState<string | null>(null)
  const choices = useId()
  const active = (asked && option) ?? undefined
  const isNote = kind === 'note'
  const frame = useRef<HTMLDivElement>(null)
  const dragging = useFileDrop(frame, !isNote, uploads.add)
  const sendable = (draft.text.trim() !== '' || uploads.ready.length > 0) && !uploads.busy
  useFocusWhenAsked(box, kind)
  useFlushOnLeave(id, kind)
  useHandOver(frame, kind)

  const type = (text: string) => {
    typeDraft(id, kind, text)
    if (!isNote && text) live.client.sendTyping(id)
  }
  const put = ({ text, caret }: { text: string; caret: number }) => {
    type(text)
    setAsked(null)
    requestAnimationFrame(() => {
      box.current?.focus()
      box.current?.setSelectionRange(caret, caret)
    })
  }
  useInsertion((addition) => put(inserted(draft.text, box.current?.selectionStart ?? draft.text.length, addition)))

  const submit = (close: boolean) => {
    if (!sendable) return
    send({ kind, body: draft.text.trim(), files: uploads.ready, close })
    uploads.clear()
    setAsked(null)
    // The box stays the one it was: a second remark must not slip out to the customer.
    if (!close || !queueCursor.next(id)) box.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault()
      submit(event.shiftKey && !isNote && detail.may.close === true)
    } else if (event.key === 'Escape' && !asked) focusLog(box.current)
  }
  const onPaste = (event: ClipboardEvent) => {
    if (isNote || event.clipboardData.files.length === 0) return
    event.preventDefault()
    uploads.add(event.clipboardData.files)
  }
  return (
    <div ref={frame} className={dragging ? 'editor editor-drop' : 'editor'}>
      <p className="composer-to" id={`to-${kind}`}>
        {isNote ? t('composer.note_to') : <Recipient detail={detail} />}
      </p>
      {!isNote && detail.reply?.instead_of && (
        <Warning text={t('composer.to_another', { to: detail.reply.to, from: detail.reply.instead_of })} />
      )}
      {asked && (
        <Completion
          asked={asked}
          id={choices}
          onActive={setOption}
          onPick={(text, suggestion) => {
            put(answered(draft.text, asked, text))
            if (suggestion && !isNote) countInserted(id, suggestion)
          }}
          onClose={() => setAsked(null)}
        />
      )}
      <textarea
        ref={box}
        className="composer-text"
        rows={3}
        maxLength={20_000}
        value={draft.text}
        placeholder={t(isNote ? 'composer.note_placeholder' : 'composer.placeholder')}
        aria-label={t(isNote ? 'composer.note' : 'composer.reply')}
        aria-describedby={`to-${kind}`}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={active ? choices : undefined}
        aria-activedescendant={active}
        onChange={(event) => {
          type(event.target.value)
          setAsked(askedAt(event.target.value, event.target.selectionStart, isNote))
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <AttachedFiles files={uploads.files} onRemove={uploads.remove} />
      <div className="composer-bar">
        {!isNote && <FilePicker onChosen={uploads.add} />}
        <span className="composer-hint muted">{t(isNote ? 'composer.hint_note' : 'composer.hint')}</span>
        {!isNote && detail.may.close && (
          <Button disabled={!sendable} onClick={() => submit(true)} className="send-close">
            {t('composer.send_close')}
          </Button>
        )}
        <Button variant="primary" icon={SendHorizontal} disabled={!sendable} onClick={() => submit(false)}>
          {t(isNote ? 'composer.save_note' : 'composer.send')}
          <Kbd keys="mod+enter" />
        </Button>
      </div>
    </div>
  )
}

/** Out of the box, so that the keys of the page work again, and into what was said. */
function focusLog(box: HTMLElement | null): void {
  box?.closest('.conversation')?.querySelector<HTMLElement>('[role="log"]')?.focus({ preventScroll: true })
}

/** Channel and recipient in words. */
function Recipient({ detail }: { detail: Detail }) {
  const { t } = useI18n()
  const { reply, row } = detail
  const name = row.customer.name || t('customer.unnamed')
  if (!reply) return t('composer.to_nobody')
  if (reply.channel === 'email')
    return t(reply.from ? 'composer.to_mail_from' : 'composer.to_mail', { to: reply.to, from: reply.from })
  if (reply.channel === 'web_form') return t('composer.to_mail', { to: reply.to }) // it goes on by mail
  if (reply.channel === 'callback') return t('composer.to_mail', { to: name }) // a telephone takes no text
  if (reply.channel === 'web_chat') return t('composer.to_chat', { name })
  return t('composer.to_other', { name, channel: t(channelKey(reply.channel)) })
}

function FilePicker({ onChosen }: { onChosen: (files: Iterable<File>) => void }) {
  const { t } = useI18n()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onChosen([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      <IconButton label={t('composer.attach')} icon={Paperclip} onClick={() => input.current?.click()} />
    </>
  )
}

function useFocusWhenAsked(box: React.RefObject<HTMLTextAreaElement | null>, kind: DraftKind): void {
  const focus = useStore(composerFocus)
  useEffect(() => {
    if (focus.asked === 0 || focus.kind !== kind) return
    box.current?.focus()
    composerFocus.set({ kind, asked: 0 })
  }, [focus, kind, box])
}

/** Where the box goes while one is in it, because the interaction was closed or taken, what comes instead gets the focus. */
function useHandOver(frame: React.RefObject<HTMLElement | null>, kind: DraftKind): void {
  useLayoutEffect(() => {
    const element = frame.current
    return () => {
      if (element?.contains(document.activeElement)) focusComposer(kind)
    }
  }, [frame, kind])
}

function useFlushOnLeave(id: string, kind: DraftKind): void {
  useEffect(() => {
    const flush = () => flushDraft(id, kind)
    window.addEventListener('pagehide', flush)
    return () => {
      window.removeEventListener('pagehide', flush)
      flush()
    }
  }, [id, kind])
}
