import { useQuery } from '@tanstack/react-query'
import { Ellipsis, Eye, GitCompare, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client'
import { useI18n } from '../../i18n'
import { Dialog } from '../../ui/Dialog'
import { Menu, MenuItem } from '../../ui/Menu'
import { ErrorState, Skeleton } from '../../ui/states'
import { RelativeTime } from '../../ui/Time'
import type { Article, Version, VersionRow } from '../types'
import { DiffDialog } from './DiffDialog'
import type { EditorModel } from './useEditor'

type Asked = { kind: 'view' | 'diff'; row: VersionRow } | null

/** What the article has said, newest first: to read, compare and bring back. */
export function Versions({ editor, article }: { editor: EditorModel; article: Article }) {
  const { t } = useI18n()
  const [asked, setAsked] = useState<Asked>(null)
  const list = useQuery({
    queryKey: ['kb-versions', article.id],
    queryFn: ({ signal }) => api.all<VersionRow>(`/api/kb/articles/${article.id}/versions`, signal),
  })
  const rows = list.data ?? []
  const close = () => setAsked(null)
  const restore = (number: number) => {
    close()
    editor.restore(number)
  }
  return (
    <>
      {list.isPending && <Skeleton rows={3} height={44} />}
      {list.isError && <ErrorState error={list.error} onRetry={() => list.refetch()} />}
      {editor.standing.isDirty && rows.length > 1 && <p className="field-hint">{t('versions.save_first')}</p>}
      <ol className="side-list" aria-label={t('versions.title')}>
        {rows.map((row) => (
          <VersionLine
            key={row.number}
            row={row}
            isNewest={row.number === article.version}
            mayRestore={!editor.standing.isDirty}
            onView={() => setAsked({ kind: 'view', row })}
            onCompare={() => setAsked({ kind: 'diff', row })}
            onRestore={() => restore(row.number)}
          />
        ))}
      </ol>
      {asked?.kind === 'view' && (
        <Dialog wide open onClose={close} title={t('versions.number', { n: asked.row.number })}>
          <Shown article={article.id} number={asked.row.number} />
        </Dialog>
      )}
      {asked?.kind === 'diff' && (
        <DiffDialog
          open
          onClose={close}
          title={t('versions.compare')}
          article={article.id}
          from={Math.max(1, asked.row.number - 1)}
          to={asked.row.number}
          versions={rows}
        />
      )}
    </>
  )
}

type LineProps = {
  row: VersionRow
  isNewest: boolean
  mayRestore: boolean
  onView: () => void
  onCompare: () => void
  onRestore: () => void
}

function VersionLine({ row, isNewest, mayRestore, onView, onCompare, onRestore }: LineProps) {
  const { t } = useI18n()
  return (
    <li className="version">
      <div className="version-words">
        <span className="version-name">
          {t('versions.number', { n: row.number })}
          {row.live && <span className="badge badge-good">{t('versions.live')}</span>}
          {row.minor && <span className="badge">{t('versions.is_minor')}</span>}
        </span>
        <span className="muted">
          {row.by ?? t('versions.nobody')} · <RelativeTime at={row.at} />
        </span>
        {row.comment && <span className="version-comment">{row.comment}</span>}
      </div>
      <Menu
        trigger={
          <button type="button" className="icon-button" aria-label={t('versions.actions', { n: row.number })}>
            <Ellipsis size={16} aria-hidden="true" />
          </button>
        }
      >
        <MenuItem icon={Eye} onSelect={onView}>
          {t('versions.view')}
        </MenuItem>
        <MenuItem icon={GitCompare} onSelect={onCompare}>
          {t('versions.compare')}
        </MenuItem>
        {!isNewest && (
          <MenuItem icon={RotateCcw} disabled={!mayRestore} onSelect={onRestore}>
            {t('versions.restore')}
          </MenuItem>
        )}
      </Menu>
    </li>
  )
}

function Shown({ article, number }: { article: string; number: number }) {
  const { t } = useI18n()
  const version = useQuery({
    queryKey: ['kb-versions', article, number],
    queryFn: ({ signal }) => api.get<Version>(`/api/kb/articles/${article}/versions/${number}`, signal),
  })
  if (version.isPending) return <Skeleton rows={4} height={40} />
  if (version.isError) return <ErrorState error={version.error} onRetry={() => version.refetch()} />
  const { title, summary, html, keywords } = version.data
  return (
    <article className="prose prose-reader">
      <h2 className="prose-title">{title}</h2>
      {summary && <p className="prose-lead">{summary}</p>}
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: cleaned by the server like every article */}
      <div className="prose-body" dangerouslySetInnerHTML={{ __html: html }} />
      {keywords && <p className="muted">{t('versions.keywords', { words: keywords })}</p>}
    </article>
  )
}
