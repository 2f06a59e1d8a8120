import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { BarChart3 } from 'lucide-react'
import { useState } from 'react'
import { api, withQuery } from '../api/client'
import type { DeflectionReport } from '../api/types'
import { type Key, useI18n } from '../i18n'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'

const DAY_MS = 86_400_000
const SPANS = [7, 30, 90]
const DOORS: Record<string, Key> = {
  widget: 'door.widget',
  console: 'door.console',
  mail: 'door.mail',
  portal: 'door.portal',
}

/** What knowledge answered before a person was asked. */
export default function ReportsScreen() {
  const { t, format } = useI18n()
  const [days, setDays] = useState(30)
  const report = useQuery({
    queryKey: ['deflection', days],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<DeflectionReport>(
        withQuery('/api/reports/deflection', { since: new Date(Date.now() - days * DAY_MS).toISOString() }),
        signal,
      ),
  })
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{t('reports.title')}</h1>
          <p className="muted">{t('reports.text')}</p>
        </div>
        <select
          className="select select-small"
          aria-label={t('reports.span')}
          value={days}
          onChange={(event) => setDays(Number(event.target.value))}
        >
          {SPANS.map((span) => (
            <option key={span} value={span}>
              {t('reports.days', { n: span })}
            </option>
          ))}
        </select>
      </header>
      {report.isPending && <Skeleton rows={3} height={96} />}
      {report.isError && <ErrorState error={report.error} onRetry={() => report.refetch()} />}
      {report.data &&
        (report.data.counts.shown + report.data.counts.zero_hit === 0 ? (
          <EmptyState icon={BarChart3} title={t('reports.empty')} text={t('reports.empty_text')} />
        ) : (
          <>
            <Figures report={report.data} />
            <Doors report={report.data} />
            <div className="columns">
              <section className="card">
                <h2 className="card-title">{t('reports.articles')}</h2>
                {report.data.articles.length === 0 ? (
                  <p className="muted">{t('reports.articles_none')}</p>
                ) : (
                  <table className="table">
                    <thead>
                      <tr>
                        <th scope="col">{t('article.title')}</th>
                        <th scope="col" className="number">
                          {t('reports.shown')}
                        </th>
                        <th scope="col" className="number">
                          {t('reports.solved')}
                        </th>
                      </tr>
                    </thead>
                    <tbody>
                      {report.data.articles.map((article) => (
                        <tr key={article.id}>
                          <td>{article.title}</td>
                          <td className="number">{format.number(article.shown)}</td>
                          <td className="number">{format.number(article.solved)}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                )}
              </section>
              <ZeroHits report={report.data} />
            </div>
          </>
        ))}
    </div>
  )
}

function Figures({ report }: { report: DeflectionReport }) {
  const { t, format } = useI18n()
  const { counts, rate } = report
  const figures: [Key, string][] = [
    ['reports.rate', format.percent(rate)],
    ['reports.solved', format.number(counts.solved)],
    ['reports.shown', format.number(counts.shown)],
    ['reports.opened', format.number(counts.opened)],
    ['reports.inserted', format.number(counts.inserted)],
    ['reports.zero', format.number(counts.zero_hit)],
  ]
  return (
    <dl className="figures">
      {figures.map(([key, value]) => (
        <div key={key} className="figure">
          <dt>{t(key)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Doors({ report }: { report: DeflectionReport }) {
  const { t, format } = useI18n()
  const doors = Object.entries(report.doors).filter(([, figures]) => figures.shown > 0)
  const most = Math.max(1, ...doors.map(([, figures]) => figures.shown))
  if (doors.length === 0) return null
  return (
    <section className="card">
      <h2 className="card-title">{t('reports.doors')}</h2>
      <ul className="bars">
        {doors.map(([door, { shown, solved }]) => (
          <li key={door} className="bar-line">
            <span>{t(DOORS[door] ?? 'channel.other')}</span>
            <span className="bar" aria-hidden="true">
              <span className="bar-shown" style={{ width: `${(shown / most) * 100}%` }}>
                <span className="bar-solved" style={{ width: `${Math.min(1, solved / shown) * 100}%` }} />
              </span>
            </span>
            <span className="muted">
              {t('reports.door_line', { shown: format.number(shown), solved: format.number(solved) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function ZeroHits({ report }: { report: DeflectionReport }) {
  const { t, format } = useI18n()
  return (
    <section className="card">
      <h2 className="card-title">{t('reports.zero_title')}</h2>
      {report.zero_hits.length === 0 ? (
        <p className="muted">{t('reports.zero_none')}</p>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('reports.question')}</th>
              <th scope="col" className="number">
                {t('reports.times')}
              </th>
            </tr>
          </thead>
          <tbody>
            {report.zero_hits.map(({ question, locale, times }) => (
              <tr key={`${locale}:${question}`}>
                <td>{question}</td>
                <td className="number">{format.number(times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
