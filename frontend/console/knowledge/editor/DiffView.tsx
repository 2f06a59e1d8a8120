import { useMemo } from 'react'
import { type Key, useI18n } from '../../i18n'
import type { FieldDiff } from '../types'
import { type Piece, type ShownLine, shownLines } from './diff'

const FIELDS: Record<string, Key> = {
  title: 'article.title',
  summary: 'article.summary',
  body: 'article.body',
  keywords: 'article.keywords',
}

type DiffViewProps = { fields: FieldDiff[]; removed?: string; added?: string; same?: string }

/** What was taken out and what was put in, by sign and word as well as by colour. */
export function DiffView({ fields, removed, added, same }: DiffViewProps) {
  const { t } = useI18n()
  const changed = fields.filter(({ lines }) => lines.some(({ op }) => op !== 'same'))
  if (changed.length === 0) return <p className="muted">{same ?? t('diff.same')}</p>
  return (
    <div className="diff">
      <p className="diff-legend muted">
        <span className="diff-sign">−</span> {removed ?? t('diff.removed')}
        <span className="diff-sign">+</span> {added ?? t('diff.added')}
      </p>
      {changed.map(({ field, lines }) => (
        <section key={field}>
          <h3>{t(FIELDS[field] ?? 'article.body')}</h3>
          <Lines lines={lines} />
        </section>
      ))}
    </div>
  )
}

function Lines({ lines }: { lines: FieldDiff['lines'] }) {
  const shown = useMemo(() => shownLines(lines), [lines])
  return (
    <div className="diff-lines">
      {shown.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one comparison never move
        <Line key={index} line={line} />
      ))}
    </div>
  )
}

function Line({ line }: { line: ShownLine }) {
  const { t } = useI18n()
  if (line.op === 'skip') return <p className="diff-skip">{t('diff.skipped', { n: line.count })}</p>
  const words = <Words pieces={line.pieces} />
  if (line.op === 'same') return <p className="diff-line">{words}</p>
  const isNew = line.op === 'add'
  return (
    <p className={isNew ? 'diff-line diff-add' : 'diff-line diff-del'}>
      <span className="diff-sign" aria-hidden="true">
        {isNew ? '+' : '−'}
      </span>
      <span className="visually-hidden">{t(isNew ? 'diff.line_added' : 'diff.line_removed')}</span>
      {words}
    </p>
  )
}

function Words({ pieces }: { pieces: Piece[] }) {
  return pieces.map(({ text, changed }, index) =>
    changed ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one line never move
      <strong key={index} className="diff-word">
        {text}
      </strong>
    ) : (
      text
    ),
  )
}
