import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { BarChart3 } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { api, withQuery } from '../api/client'
import { go, REPORT_TABS, type ReportTab, to } from '../app/router'
import { CallReports } from '../calls/CallReports'
import { type Key, useI18n } from '../i18n'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'
import { BestAnswers, WeakAnswers } from './Answers'
import { Doors } from './Doors'
import { Picture } from './Picture'
import { NextArticles, Reasons, ZeroHits } from './Questions'
import type { DeflectionReport } from './types'

const DAY_MS = 86_400_000
const SPANS = [7, 30, 90, 365]
const TABS: Record<ReportTab, { name: Key; title: Key; text: Key }> = {
  knowledge: { name: 'nav.knowledge', title: 'reports.title', text: 'reports.text' },
  callbacks: { name: 'nav.callbacks', title: 'call_report.title', text: 'call_report.text' },
}
const OVER_TIME = {
  shown: 'reports.shown',
  solved: 'reports.solved',
  inserted: 'reports.inserted',
  zero_hit: 'reports.zero',
} as const

/** What became of the last days: questions that knowledge answered, and customers who wanted to be called. */
export default function ReportsScreen({ tab = 'knowledge' }: { tab?: ReportTab }) {
  const { t } = useI18n()
  const [days, setDays] = useState(30)
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{t(TABS[tab].title)}</h1>
          <p className="muted">{t(TABS[tab].text)}</p>
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
      <Tabs.Root value={tab} onValueChange={(value) => go(to.reports(value as ReportTab))}>
        <Tabs.List className="segments segments-small" aria-label={t('nav.reports')}>
          {REPORT_TABS.map((one) => (
            <Tabs.Trigger key={one} value={one} className="segment">
              {t(TABS[one].name)}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value={tab} tabIndex={-1} className="tab-body report">
          {tab === 'callbacks' ? <CallReports days={days} /> : <KnowledgeReport days={days} />}
        </Tabs.Content>
      </Tabs.Root>
    </div>
  )
}

/** What knowledge answered before a person was asked, and what it should answer next. */
function KnowledgeReport({ days }: { days: number }) {
  const report = useQuery({
    queryKey: ['deflection', days],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<DeflectionReport>(
        withQuery('/api/reports/deflection', { since: new Date(Date.now() - days * DAY_MS).toISOString() }),
        signal,
      ),
  })
  if (report.isPending) return <Skeleton rows={3} height={96} />
  if (report.isError) return <ErrorState error={report.error} onRetry={() => report.refetch()} />
  return <Report report={report.data} />
}

function Report({ report }: { report: DeflectionReport }) {
  const { t } = useI18n()
  if (report.counts.shown + report.counts.zero_hit === 0) {
    return <EmptyState icon={BarChart3} title={t('reports.empty')} text={t('reports.empty_text')} />
  }
  return (
    <>
      <Figures report={report} />
      <Picture series={report.series} labels={OVER_TIME} />
      <NextArticles items={report.to_write} />
      <Doors doors={report.doors} />
      <div className="columns">
        <WeakAnswers answers={report.weak} />
        <BestAnswers answers={report.articles} />
      </div>
      <div className="columns">
        <ZeroHits items={report.zero_hits} />
        <Reasons items={report.reasons} />
      </div>
    </>
  )
}

function Figures({ report }: { report: DeflectionReport }) {
  const { t, format } = useI18n()
  const { counts, rate } = report
  const figures: [Key, string][] = [
    ['reports.solved', format.number(counts.solved)],
    ['reports.shown', format.number(counts.shown)],
    ['reports.opened', format.number(counts.opened)],
    ['reports.inserted', format.number(counts.inserted)],
    ['reports.zero', format.number(counts.zero_hit)],
    ['reports.asked_person', format.number(counts.asked)],
  ]
  return (
    <>
      <p className="rate">
        <strong>{format.percent(rate)}</strong>
        <span>
          {t('reports.rate')}
          <span className="muted">{t('reports.rate_text')}</span>
        </span>
      </p>
      <dl className="figures">
        {figures.map(([key, value]) => (
          <div key={key} className="figure">
            <dt>{t(key)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
