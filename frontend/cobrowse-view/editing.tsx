/**
 * A field of ours over a field of the customer's page: keys never go into the frame. What is typed goes over as the
 * whole new value, so that nothing depends on what was there.
 */
import { useEffect, useRef } from 'preact/hooks'
import type { Editing } from './control'
import type { Viewer } from './viewer'

const TYPE_EVERY_MS = 150

export function EditingField({ viewer, editing }: { viewer: Viewer; editing: Editing }) {
  const { t, control } = viewer
  const { node, kind, value, options, index, box } = editing
  const field = useRef<HTMLInputElement & HTMLTextAreaElement & HTMLSelectElement>(null)
  const send = useRef(createTyping((text) => control.type(node, text)))
  useEffect(() => field.current?.focus(), [])
  const close = (): void => {
    send.current.flush()
    // Whoever has just pressed on another field leaves this one, and not that.
    if (viewer.editing.getSnapshot() === editing) viewer.editing.set(null)
  }
  const common = {
    ref: field,
    class: 'editing',
    style: { left: box.x, top: box.y, width: Math.max(box.width, 80), minHeight: box.height },
    onBlur: close,
    onKeyDown: (event: KeyboardEvent) => {
      event.stopPropagation()
      if (event.key === 'Escape' || (event.key === 'Enter' && kind === 'text')) {
        event.preventDefault()
        close()
      }
    },
  }
  if (kind === 'choice')
    return (
      <select
        {...common}
        aria-label={t('choose')}
        size={Math.min(Math.max(options.length, 2), 8)}
        onChange={({ currentTarget }) => control.select(node, currentTarget.selectedIndex)}
      >
        {options.map((option, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place of an option is what is chosen
          <option key={at} selected={at === index}>
            {option}
          </option>
        ))}
      </select>
    )
  const typed = { onInput: () => send.current.type(field.current?.value ?? ''), maxLength: 2_000, defaultValue: value }
  return kind === 'lines' ? (
    <textarea {...common} {...typed} aria-label={t('edit')} />
  ) : (
    <input {...common} {...typed} type="text" autocomplete="off" aria-label={t('edit')} />
  )
}

/** The last of what was typed within a moment; nothing is lost when the field is left. */
function createTyping(send: (text: string) => void): { type(text: string): void; flush(): void } {
  let waiting: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (waiting !== null) send(waiting)
    waiting = null
  }
  return {
    type(text) {
      waiting = text
      timer ??= setTimeout(flush, TYPE_EVERY_MS)
    },
    flush,
  }
}
