import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { api, withQuery } from '../../api/client'
import { useI18n } from '../../i18n'
import { Dialog } from '../../ui/Dialog'
import { ErrorState, Skeleton } from '../../ui/states'
import type { Diff, VersionRow } from '../types'
import { DiffView } from './DiffView'

type DiffDialogProps = {
  open: boolean
  onClose: () => void
  title: string
  article: string
  from: number
  to: number
  /** To choose others from. */
  versions?: VersionRow[]
  children?: ReactNode
}

/** What differs between two versions of an article. */
export function DiffDialog({ open, onClose, title, children, ...rest }: DiffDialogProps) {
  return (
    <Dialog wide open={open} onClose={onClose} title={title}>
      <Compared key={`${rest.from}-${rest.to}`} {...rest} />
      {children}
    </Dialog>
  )
}

function Compared({ article, versions, ...given }: Pick<DiffDialogProps, 'article' | 'from' | 'to' | 'versions'>) {
  const { t } = useI18n()
  const [{ from, to }, setPair] = useState({ from: given.from, to: given.to })
  const diff = useQuery({
    queryKey: ['kb-diff', article, from, to],
    queryFn: ({ signal }) => api.get<Diff>(withQuery(`/api/kb/articles/${article}/diff`, { from, to }), signal),
  })
  return (
    <>
      {versions && (
        <div className="diff-pair">
          <Which
            label={t('diff.from')}
            versions={versions}
            value={from}
            onChange={(one) => setPair({ from: one, to })}
          />
          <Which label={t('diff.to')} versions={versions} value={to} onChange={(one) => setPair({ from, to: one })} />
        </div>
      )}
      {diff.isPending && <Skeleton rows={4} height={32} />}
      {diff.isError && <ErrorState error={diff.error} onRetry={() => diff.refetch()} />}
      {diff.data && <DiffView fields={diff.data.fields} />}
    </>
  )
}

type WhichProps = { label: string; versions: VersionRow[]; value: number; onChange: (value: number) => void }

function Which({ label, versions, value, onChange }: WhichProps) {
  const { t, format } = useI18n()
  return (
    <label className="diff-which">
      {label}
      <select className="select select-small" value={value} onChange={(event) => onChange(Number(event.target.value))}>
        {versions.map((version) => (
          <option key={version.number} value={version.number}>
            {t('versions.option', { n: version.number, time: format.exact(version.at) })}
          </option>
        ))}
      </select>
    </label>
  )
}
