import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useStore } from '../shared/use-store'
import { Attachments, useAttachments } from './attachments'
import { Suggestions, useSuggestions } from './home'
import { Icon } from './icons'
import { useWidget } from './widget'

const DEFAULT_BODY_LIMIT = 8000
const COUNT_FROM = 500

export function Composer({ isNew }: { isNew: boolean }) {
  const { t, chat, keep, view } = useWidget()
  const [text, setText] = useState(() => keep.get('draft'))
  const files = useAttachments()
  const field = useRef<HTMLTextAreaElement>(null)
  const found = useSuggestions(isNew ? text : '')
  // Characters as people count them nearly enough: an emoji is one, as on the server.
  const left = (useStore(useWidget().config)?.limits?.body ?? DEFAULT_BODY_LIMIT) - [...text].length
  const ready = (text.trim() || files.done.length > 0) && left >= 0 && !files.busy
  useEffect(() => keep.set('draft', text), [keep, text])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => grow(field.current), [text])

  const send = (): void => {
    if (!ready) return
    chat.send(text.trim(), files.done)
    setText('')
    files.clear()
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    send()
  }
  return (
    <div class="base composer" {...files.drop}>
      {isNew && (
        <Suggestions
          title={t('maybe')}
          items={found?.slice(0, 2) ?? []}
          onPick={(id) => view.set({ name: 'article', id, q: text.trim(), from: 'chat' })}
        />
      )}
      <Attachments files={files} />
      <form
        class={files.over ? 'field over' : 'field'}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <AttachButton onFiles={files.add} />
        <textarea
          ref={field}
          data-focus
          rows={1}
          aria-label={t('message')}
          placeholder={files.over ? t('drop') : t('placeholder')}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value)
            chat.typing()
          }}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const pasted = event.clipboardData?.files
            if (pasted?.length) {
              event.preventDefault()
              files.add(pasted)
            }
          }}
        />
        <button type="submit" class="send" aria-label={t('send')} disabled={!ready}>
          <Icon name="send" />
        </button>
      </form>
      {left < COUNT_FROM && (
        <p class={left < 0 ? 'foot problem' : 'foot'} role="status">
          {left < 0 ? t('tooLong', { n: -left }) : t('left', { n: left })}
        </p>
      )}
    </div>
  )
}

function grow(field: HTMLTextAreaElement | null): void {
  if (!field) return
  field.style.height = 'auto'
  field.style.height = `${field.scrollHeight}px`
}

function AttachButton({ onFiles }: { onFiles(files: FileList): void }) {
  const { t } = useWidget()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" class="tool" aria-label={t('attach')} onClick={() => input.current?.click()}>
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          if (currentTarget.files) onFiles(currentTarget.files)
          currentTarget.value = ''
        }}
      />
    </>
  )
}
