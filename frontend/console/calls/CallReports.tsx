import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { PhoneCall } from 'lucide-react'
import { useState } from 'react'
import { api, withQuery } from '../api/client'
import { type Format, type Key, useI18n } from '../i18n'
import { Picture } from '../reports/Picture'
import { FilterSelect } from '../ui/FilterSelect'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'
import { spanOf } from './request'
import type { CallFigures, CallReport } from './types'
import { useLines } from './useCalls'

const OVER_TIME = {
  asked: 'call_report.asked',
  kept: 'call_report.kept',
  reached: 'call_report.reached',
  calls: 'call_report.calls',
} as const
const NOTHING = '–'

/** Callbacks by day: promises kept, customers reached, the attempts it took and the waiting that was spared. */
export function CallReports({ days }: { days: number }) {
  const { t } = useI18n()
  const lines = useLines().data ?? []
  const [line, setLine] = useState('')
  const report = useQuery({
    queryKey: ['call-report', days, line],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<CallReport>(
        withQuery('/api/callback/report', { from: dayBefore(days - 1), to: dayBefore(0), line }),
        signal,
      ),
  })
  if (report.isPending) return <Skeleton rows={3} height={96} />
  if (report.isError) return <ErrorState error={report.error} onRetry={() => report.refetch()} />
  return (
    <>
      {lines.length > 1 && (
        <div className="report-tools">
          <FilterSelect
            label={t('callbacks.line')}
            all={t('callbacks.all_lines')}
            value={line}
            options={lines.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={setLine}
          />
        </div>
      )}
      {report.data.whole.asked === 0 ? (
        <EmptyState icon={PhoneCall} title={t('call_report.empty')} text={t('call_report.empty_text')} />
      ) : (
        <Report report={report.data} />
      )}
    </>
  )
}

function Report({ report }: { report: CallReport }) {
  const { t, format } = useI18n()
  const { whole } = report
  return (
    <>
      <p className="rate">
        <strong>{shareOf(whole.kept_rate, format)}</strong>
        <span>
          {t('call_report.rate')}
          <span className="muted">{t('call_report.rate_text', { kept: whole.kept, promised: whole.promised })}</span>
        </span>
      </p>
      <dl className="figures">
        {figuresOf(whole, format).map(([key, value]) => (
          <div key={key} className="figure">
            <dt>{t(key)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Picture series={report.series} labels={OVER_TIME} />
      {report.lines.length > 1 && <ByLine lines={report.lines} />}
    </>
  )
}

function ByLine({ lines }: { lines: CallReport['lines'] }) {
  const { t, format } = useI18n()
  return (
    <section className="card">
      <h2 className="card-title">{t('call_report.lines')}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys */}
      <section className="report-table" tabIndex={0} aria-label={t('call_report.lines')}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('callbacks.line')}</th>
              <th scope="col" className="number">
                {t('call_report.kept_rate')}
              </th>
              {figuresOf(lines[0] as CallFigures, format).map(([key]) => (
                <th key={key} scope="col" className="number">
                  {t(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.id}>
                <th scope="row">{line.name}</th>
                <td className="number">{shareOf(line.kept_rate, format)}</td>
                {figuresOf(line, format).map(([key, value]) => (
                  <td key={key} className="number">
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}

function figuresOf(sums: CallFigures, format: Format): [Key, string][] {
  const attempts = sums.attempts_per_contact
  return [
    ['call_report.asked', format.number(sums.asked)],
    ['call_report.reached', format.number(sums.reached)],
    ['call_report.reach_rate', shareOf(sums.reach_rate, format)],
    ['call_report.attempts', attempts === null ? NOTHING : format.number(Math.round(attempts * 10) / 10)],
    ['call_report.wait_saved', sums.wait_saved_seconds === null ? NOTHING : spanOf(sums.wait_saved_seconds, format)],
  ]
}

function shareOf(share: number | null, format: Format): string {
  return share === null ? NOTHING : format.percent(share)
}

/** A day of the reader's own calendar, so many days ago. */
function dayBefore(days: number): string {
  const day = new Date()
  day.setDate(day.getDate() - days)
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
