import { useRef, useState } from 'react'
import type { FieldErrors } from '../../api/client'
import { useFileDrop } from '../../composer/useFileDrop'
import { useI18n } from '../../i18n'
import { TextField } from '../../ui/Field'
import { LinkPicker } from './LinkPicker'
import { insertBlock, link, type Replacement, type Selected, surround } from './markup'
import { Toolbar } from './Toolbar'
import type { EditorModel } from './useEditor'
import { useFileUpload } from './useFileUpload'

export const LONGEST_SUMMARY = 300
const LONGEST_TITLE = 200

/** Title, summary and text. Files come by button, drop and paste. */
export function WritingPane({ editor, errors }: { editor: EditorModel; errors: FieldErrors }) {
  const { t } = useI18n()
  const { values, edit } = editor
  const text = useRef<HTMLTextAreaElement>(null)
  const pane = useRef<HTMLDivElement>(null)
  const [linking, setLinking] = useState<Selected | null>(null)
  const upload = useFileUpload(editor)
  const selected = (): Selected => {
    const area = text.current
    const end = values.body.length
    return { text: area?.value ?? values.body, from: area?.selectionStart ?? end, to: area?.selectionEnd ?? end }
  }
  const put = (change: Replacement) => text.current && replaceIn(text.current, change)
  const take = async (files: Iterable<File>) => {
    const blocks = await upload.send([...files])
    if (blocks.length > 0) put(insertBlock(selected(), blocks.join('\n\n')))
  }
  const over = useFileDrop(pane, true, take)
  const left = LONGEST_SUMMARY - values.summary.length
  return (
    <div className={over ? 'writing writing-over' : 'writing'} ref={pane}>
      <TextField
        label={t('article.title')}
        value={values.title}
        error={errors.title}
        maxLength={LONGEST_TITLE}
        autoFocus={editor.standing.isNew && !values.title}
        onChange={(title) => edit({ title })}
      />
      <TextField
        multiline
        rows={2}
        label={t('article.summary')}
        value={values.summary}
        error={errors.summary ?? (left < 0 ? t('article.summary_long', { n: -left }) : undefined)}
        hint={t('article.summary_left', { n: Math.max(0, left) })}
        onChange={(summary) => edit({ summary })}
      />
      <div className="field writing-text">
        <label htmlFor="article-text" className="field-label">
          {t('article.body')}
        </label>
        <Toolbar
          busy={upload.busy}
          onMark={(mark) => put(mark(selected()))}
          onLink={() => setLinking(selected())}
          onFiles={take}
        />
        <textarea
          id="article-text"
          ref={text}
          className="input mono writing-area"
          value={values.body}
          lang={values.locale}
          aria-invalid={errors.body ? true : undefined}
          aria-describedby="article-text-hint"
          onChange={(event) => edit({ body: event.target.value })}
          onPaste={(event) => {
            const files = [...event.clipboardData.files]
            if (files.length === 0) return
            event.preventDefault()
            take(files)
          }}
          onKeyDown={(event) => {
            if (event.key.toLowerCase() !== 'b' || !(event.ctrlKey || event.metaKey)) return
            event.preventDefault()
            put(surround(selected(), '**', t('markdown.bold_words')))
          }}
        />
        <p id="article-text-hint" className="field-hint">
          {t(over ? 'article.drop_here' : 'article.body_hint')}
        </p>
        {errors.body && (
          <p className="field-error" role="alert">
            {errors.body}
          </p>
        )}
      </div>
      <LinkPicker
        open={linking !== null}
        locale={values.locale}
        onClose={() => setLinking(null)}
        onPick={(words, target) => {
          const at = linking
          setLinking(null)
          // Once the dialog has gone, so that the caret stays in the text.
          if (at) setTimeout(() => put(link(at, words, target)))
        }}
      />
    </div>
  )
}

/** Written as if it had been typed, so that the browser's own undo takes it back. */
function replaceIn(area: HTMLTextAreaElement, { from, to, text, select }: Replacement): void {
  area.focus()
  area.setSelectionRange(from, to)
  if (!document.execCommand('insertText', false, text)) {
    area.setRangeText(text, from, to, 'end')
    area.dispatchEvent(new Event('input', { bubbles: true }))
  }
  area.setSelectionRange(from + select[0], from + select[1])
}
