import { ArrowLeft, ExternalLink, Eye, Lock, PencilLine, SlidersHorizontal } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { type ReactNode, useEffect, useEffectEvent, useId, useRef, useState } from 'react'
import { describeError, describeFields } from '../../app/errors'
import { Link } from '../../app/Link'
import { to } from '../../app/router'
import { type Key, useI18n } from '../../i18n'
import { Button } from '../../ui/Button'
import { showToast } from '../../ui/toast'
import { useMedia, WIDE } from '../../ui/useMedia'
import { StateBadges } from '../articles/StateBadges'
import type { Article } from '../types'
import { Actions } from './Actions'
import { quietSave } from './actions'
import { ConflictDialog } from './ConflictDialog'
import type { Changes } from './editing'
import { PreviewPane } from './PreviewPane'
import { SidePanel } from './SidePanel'
import { useEditor } from './useEditor'
import { WritingPane } from './WritingPane'

type EditorProps = {
  article: Article | null
  given: Changes
  draftKey: string
  onCreated: (article: Article) => void
}
type Tab = 'write' | 'preview' | 'details'
const TABS: { tab: Tab; label: Key; icon: typeof Eye }[] = [
  { tab: 'write', label: 'markdown.write', icon: PencilLine },
  { tab: 'preview', label: 'markdown.preview', icon: Eye },
  { tab: 'details', label: 'article.details', icon: SlidersHorizontal },
]

/** Where an article is written: the text, what readers will see of it, and everything that is known about it. */
export function Editor(props: EditorProps) {
  const { t } = useI18n()
  const editor = useEditor(props)
  const [tab, setTab] = useState<Tab>('write')
  const wide = useMedia(WIDE)
  const pane = useId()
  const root = useRef<HTMLDivElement>(null)
  const { state, values, standing, error } = editor
  const errors = describeFields(error, t)
  useSaveKey(() => {
    const act = quietSave(standing)
    if (act && editor.busy === null) editor.save(act).then((saved) => saved && showToast('good', t('form.saved')))
  })
  useEffect(() => {
    if (error) root.current?.querySelector<HTMLElement>('[aria-invalid="true"], .author-problem')?.focus()
  }, [error])
  const sides = { narrow: !wide, shown: tab, pane }
  return (
    <div className="author" ref={root} data-audience={values.audience}>
      <header className="author-head">
        <Link to={to.knowledge()} className="icon-button" aria-label={t('articles.back')}>
          <ArrowLeft size={18} aria-hidden="true" />
        </Link>
        <div className="author-name">
          <h1 className="clip">{values.title.trim() || t('articles.add')}</h1>
          <span className="author-standing">
            <span className="badge">{values.locale.toUpperCase()}</span>
            {state.base && <StateBadges of={{ ...state.base, audience: undefined }} />}
            {state.base?.live && state.base.audience !== 'internal' && (
              <a href={state.base.path} target="_blank" rel="noopener" className="author-seen">
                <ExternalLink size={14} aria-hidden="true" />
                {t('article.see')}
              </a>
            )}
          </span>
        </div>
        <Actions editor={editor} />
      </header>
      {values.audience === 'internal' && (
        <p className="author-tint">
          <Lock size={14} aria-hidden="true" />
          {t('article.internal_band')}
        </p>
      )}
      <Notices editor={editor} />
      {error !== null && (
        <p role="alert" tabIndex={-1} className="author-problem callout callout-bad">
          {describeError(error, t)}
        </p>
      )}
      {!wide && (
        <Tabs.Root value={tab} onValueChange={(next) => setTab(next as Tab)}>
          <Tabs.List className="segments author-tabs" aria-label={t('article.parts')}>
            {TABS.map(({ tab: one, label, icon: Icon }) => (
              <Tabs.Trigger key={one} value={one} className="segment" aria-controls={`${pane}-${one}`}>
                <Icon size={14} aria-hidden="true" />
                {t(label)}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
        </Tabs.Root>
      )}
      <div className="author-panes">
        <Pane {...sides} name="write" label={t('markdown.write')}>
          <WritingPane editor={editor} errors={errors} />
        </Pane>
        <Pane {...sides} name="preview" label={t('markdown.preview')}>
          {(wide || tab === 'preview') && <PreviewPane values={values} />}
        </Pane>
        <Pane {...sides} name="details" label={t('article.details')}>
          <SidePanel editor={editor} errors={errors} />
        </Pane>
      </div>
      <ConflictDialog editor={editor} />
    </div>
  )
}

type PaneProps = { name: Tab; shown: Tab; narrow: boolean; pane: string; label: string; children: ReactNode }

/** Beside the others where there is room, else behind its tab; what is typed in it stays either way. */
function Pane({ name, shown, narrow, pane, label, children }: PaneProps) {
  return (
    <section
      id={`${pane}-${name}`}
      className={`author-pane author-${name}`}
      role={narrow ? 'tabpanel' : undefined}
      aria-label={label}
      tabIndex={name === 'preview' ? 0 : undefined}
      hidden={narrow && shown !== name}
    >
      {children}
    </section>
  )
}

/** What came back from the browser, or was set aside for somebody else's words. */
function Notices({ editor }: { editor: ReturnType<typeof useEditor> }) {
  const { t, format } = useI18n()
  const { restored, aside } = editor
  return (
    <>
      {restored && editor.standing.isDirty && (
        <div className="callout callout-info author-notice" role="status">
          <p>{t('article.restored', { time: format.exact(restored) })}</p>
          <Button small onClick={editor.discard}>
            {t('article.throw_away')}
          </Button>
        </div>
      )}
      {aside && (
        <div className="callout callout-info author-notice" role="status">
          <p>{t('article.aside', { time: format.exact(aside.at) })}</p>
          <Button small onClick={() => editor.endAside(true)}>
            {t('article.bring_back')}
          </Button>
          <Button small variant="quiet" onClick={() => editor.endAside(false)}>
            {t('article.throw_away')}
          </Button>
        </div>
      )}
    </>
  )
}

function useSaveKey(save: () => void): void {
  const run = useEffectEvent(save)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      run()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
