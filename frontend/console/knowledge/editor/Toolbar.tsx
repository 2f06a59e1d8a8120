import { Bold, Code, Heading2, ImagePlus, Link2, List, ListOrdered, LoaderCircle, type LucideIcon } from 'lucide-react'
import { type KeyboardEvent, useRef } from 'react'
import { type Key, useI18n } from '../../i18n'
import { Tip } from '../../ui/Button'
import { markCode, markLines, type Replacement, type Selected, surround } from './markup'

type ToolbarProps = {
  busy: boolean
  onMark: (mark: (selected: Selected) => Replacement) => void
  onLink: () => void
  onFiles: (files: Iterable<File>) => void
}

/** The marks that people need most; one stop for the Tab key, arrows inside (WAI-ARIA toolbar). */
export function Toolbar({ busy, onMark, onLink, onFiles }: ToolbarProps) {
  const { t } = useI18n()
  const chooser = useRef<HTMLInputElement>(null)
  const tools: { label: Key; icon: LucideIcon; shortcut?: string; run: () => void }[] = [
    { label: 'markdown.heading', icon: Heading2, run: () => onMark((at) => markLines(at, 'heading')) },
    {
      label: 'markdown.bold',
      icon: Bold,
      shortcut: 'mod+b',
      run: () => onMark((at) => surround(at, '**', t('markdown.bold_words'))),
    },
    { label: 'markdown.list', icon: List, run: () => onMark((at) => markLines(at, 'list')) },
    { label: 'markdown.steps', icon: ListOrdered, run: () => onMark((at) => markLines(at, 'steps')) },
    { label: 'markdown.code', icon: Code, run: () => onMark((at) => markCode(at, t('markdown.code_words'))) },
    { label: 'markdown.link', icon: Link2, run: onLink },
    { label: 'markdown.file', icon: busy ? LoaderCircle : ImagePlus, run: () => chooser.current?.click() },
  ]
  return (
    <div
      className="toolbar"
      role="toolbar"
      aria-label={t('markdown.tools')}
      aria-controls="article-text"
      onKeyDown={move}
    >
      {tools.map(({ label, icon: Icon, shortcut, run }, index) => (
        <Tip key={label} text={t(label)} shortcut={shortcut}>
          <button
            type="button"
            className="icon-button"
            aria-label={t(label)}
            tabIndex={index === 0 ? 0 : -1}
            // The caret stays where it is.
            onMouseDown={(event) => event.preventDefault()}
            onClick={run}
          >
            <Icon size={18} aria-hidden="true" className={Icon === LoaderCircle ? 'spin' : undefined} />
          </button>
        </Tip>
      ))}
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </div>
  )
}

function move(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key]
  if (next === undefined || at < 0) return
  event.preventDefault()
  const chosen = buttons.at(next % buttons.length)
  for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1
  chosen?.focus()
}
