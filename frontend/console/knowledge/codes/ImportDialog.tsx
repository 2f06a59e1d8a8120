import { useQueryClient } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, FileUp } from 'lucide-react'
import { useReducer, useRef } from 'react'
import { ApiError, api, withQuery } from '../../api/client'
import { describeError } from '../../app/errors'
import { useFileDrop } from '../../composer/useFileDrop'
import { useI18n } from '../../i18n'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Skeleton } from '../../ui/states'
import type { ImportChange, ImportProblem, ImportResult } from '../types'
import { mayImport, nextStep, refusedResult, START } from './importing'
import { problemWords } from './problems'

const PATH = '/api/kb/error-codes/import'

/** Many error codes at once. A file is tried first, and taken over as a whole or not at all. */
export function ImportDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useI18n()
  return (
    <Dialog wide open={open} onClose={onClose} title={t('import.title')} description={t('import.text')}>
      <Import onClose={onClose} />
    </Dialog>
  )
}

function Import({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  const queries = useQueryClient()
  const [step, happen] = useReducer(nextStep, START)

  async function send(file: File, isTrial: boolean): Promise<void> {
    try {
      const result = await upload(file, isTrial)
      happen({ type: isTrial ? 'checked' : 'imported', result })
      if (!isTrial) queries.invalidateQueries({ queryKey: ['resource'] })
    } catch (error) {
      const result = error instanceof ApiError ? refusedResult(error.details) : null
      happen(result ? { type: 'checked', result } : { type: 'failed', error })
    }
  }

  const choose = (file: File) => {
    happen({ type: 'chosen', file })
    send(file, true)
  }
  switch (step.name) {
    case 'choose':
      return <Choose error={step.error} onChoose={choose} />
    case 'checking':
      return <Skeleton rows={4} height={40} />
    case 'checked':
    case 'importing':
      return (
        <>
          <Checked result={step.result} name={step.file.name} />
          <div className="dialog-actions">
            <Button onClick={() => happen({ type: 'again' })}>{t('import.other_file')}</Button>
            {mayImport(step.result) ? (
              <Button
                variant="primary"
                busy={step.name === 'importing'}
                onClick={() => {
                  happen({ type: 'confirmed' })
                  send(step.file, false)
                }}
              >
                {t('import.do', { n: step.result.new + step.result.changed })}
              </Button>
            ) : (
              <Button variant="primary" onClick={onClose}>
                {t('common.close')}
              </Button>
            )}
          </div>
        </>
      )
    case 'done':
      return (
        <>
          <p className="callout callout-good" role="status">
            {t('import.done')}
          </p>
          <Counts result={step.result} />
          <div className="dialog-actions">
            <Button variant="primary" onClick={onClose}>
              {t('common.done')}
            </Button>
          </div>
        </>
      )
  }
}

function upload(file: File, isTrial: boolean): Promise<ImportResult> {
  const form = new FormData()
  form.append('file', file)
  const format = /\.json$/i.test(file.name) ? 'json' : 'csv'
  return api.post<ImportResult>(withQuery(PATH, { dry_run: String(isTrial), format }), form)
}

function Choose({ error, onChoose }: { error: unknown; onChoose: (file: File) => void }) {
  const { t } = useI18n()
  const area = useRef<HTMLDivElement>(null)
  const chooser = useRef<HTMLInputElement>(null)
  const take = (files: Iterable<File>) => {
    const [file] = files
    if (file) onChoose(file)
  }
  const over = useFileDrop(area, true, take)
  return (
    <>
      {error !== null && (
        <p role="alert" className="callout callout-bad">
          {describeError(error, t)}
        </p>
      )}
      <div ref={area} className={over ? 'drop drop-over' : 'drop'}>
        <FileUp size={24} aria-hidden="true" />
        <p>{t('import.drop')}</p>
        <Button variant="primary" onClick={() => chooser.current?.click()}>
          {t('import.choose')}
        </Button>
        <input
          ref={chooser}
          type="file"
          hidden
          accept=".csv,.json,text/csv,application/json"
          aria-label={t('import.choose')}
          onChange={(event) => take([...(event.target.files ?? [])])}
        />
      </div>
      <p className="muted">{t('import.columns')}</p>
      <p className="mono import-columns">
        family, code, locale, severity, meaning, cause, remedy, parts, support_level, state, audience, articles
      </p>
    </>
  )
}

function Checked({ result, name }: { result: ImportResult; name: string }) {
  const { t } = useI18n()
  const isWrong = result.problem_count > 0
  const Icon = isWrong ? CircleAlert : CircleCheck
  const words = isWrong
    ? t('import.wrong', { n: result.problem_count, name })
    : t(mayImport(result) ? 'import.right' : 'import.same', { name })
  return (
    <>
      <p className={isWrong ? 'callout callout-bad' : 'callout callout-good'} role={isWrong ? 'alert' : 'status'}>
        <Icon size={16} aria-hidden="true" /> {words}
      </p>
      <Counts result={result} />
      {isWrong ? (
        <Problems problems={result.problems} count={result.problem_count} />
      ) : (
        <Sample changes={result.changes} />
      )}
    </>
  )
}

function Counts({ result }: { result: ImportResult }) {
  const { t, format } = useI18n()
  const counts = [
    [t('import.rows'), result.rows],
    [t('import.new'), result.new],
    [t('import.changed'), result.changed],
    [t('import.unchanged'), result.same],
    [t('import.with_problem'), result.wrong],
  ] as const
  return (
    <dl className="counts">
      {counts.map(([label, count]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{format.number(count)}</dd>
        </div>
      ))}
    </dl>
  )
}

function Sample({ changes }: { changes: ImportChange[] }) {
  const { t } = useI18n()
  if (changes.length === 0) return null
  return (
    <details className="sample">
      <summary>{t('import.sample')}</summary>
      <ul className="plain-list">
        {changes.map(({ line, code, family, locale, is_new, fields }) => (
          <li key={line}>
            {t('import.change', { code, family, locale: locale.toUpperCase() })}{' '}
            <span className="muted">{is_new ? t('import.is_new') : fields.map(({ field }) => field).join(', ')}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

function Problems({ problems, count }: { problems: ImportProblem[]; count: number }) {
  const { t, format } = useI18n()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    <section className="problems" tabIndex={0} aria-label={t('import.problems')}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="number">
              {t('import.line')}
            </th>
            <th scope="col">{t('import.column')}</th>
            <th scope="col">{t('import.value')}</th>
            <th scope="col">{t('import.problem')}</th>
          </tr>
        </thead>
        <tbody>
          {problems.map(({ line, field, value, message }) => (
            <tr key={`${line}:${field}:${message}`}>
              <td className="number">{format.number(line)}</td>
              <td className="mono">{field}</td>
              <td className="problem-value">{value}</td>
              <td>{problemWords(message, t)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {count > problems.length && <p className="muted">{t('import.more', { n: count - problems.length })}</p>}
    </section>
  )
}
