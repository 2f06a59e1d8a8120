import { type PointerEvent, useId, useState } from 'react'
import { type Key, useI18n } from '../i18n'
import { dayAt, everyDay, MEASURES, type Measure, placeOf, pointsOf, scaleFor } from './chart'
import type { Day } from './types'

const LABELS: Record<Measure, Key> = {
  shown: 'reports.shown',
  solved: 'reports.solved',
  inserted: 'reports.inserted',
  zero_hit: 'reports.zero',
}

/** What happened day by day: lines that differ by dashes too, a slider that reads each day, and the same as a table. */
export function Picture({ series }: { series: Day[] }) {
  const { t } = useI18n()
  const title = useId()
  const days = everyDay(series)
  if (days.length === 0) return null
  return (
    <section className="card" aria-labelledby={title}>
      <h2 id={title} className="card-title">
        {t('reports.over_time')}
      </h2>
      <div className="chart">
        <Lines days={days} />
        <details>
          <summary>{t('reports.as_table')}</summary>
          <AsTable days={days} />
        </details>
      </div>
    </section>
  )
}

function Lines({ days }: { days: Day[] }) {
  const { t, format } = useI18n()
  const [chosen, setChosen] = useState(days.length - 1)
  const at = Math.min(chosen, days.length - 1)
  const scale = scaleFor(Math.max(...days.flatMap((day) => MEASURES.map((measure) => day[measure]))))
  const top = scale.at(-1) ?? 1
  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    setChosen(dayAt(((event.clientX - box.left) / box.width) * 100, days.length))
  }
  const day = days[at]
  return (
    <>
      <ul className="chart-legend" aria-hidden="true">
        {MEASURES.map((measure) => (
          <li key={measure}>
            <svg className={`chart-line chart-${measure}`} viewBox="0 0 24 8" aria-hidden="true">
              <path d="M0 4H24" />
            </svg>
            {t(LABELS[measure])}
            <strong>{format.number(day?.[measure] ?? 0)}</strong>
          </li>
        ))}
      </ul>
      <div className="chart-body">
        <div className="chart-scale" aria-hidden="true">
          {scale.toReversed().map((value) => (
            <span key={value}>{format.number(value)}</span>
          ))}
        </div>
        <svg
          className="chart-picture"
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          aria-hidden="true"
          onPointerMove={follow}
        >
          {scale.map((value) => (
            <path key={value} className="chart-grid" d={`M0 ${100 - (value / top) * 100}H100`} />
          ))}
          <path className="chart-cursor" d={`M${placeOf(at, days.length)} 0V100`} />
          {MEASURES.map((measure) => (
            <path key={measure} className={`chart-line chart-${measure}`} d={pathOf(pointsOf(days, measure, top))} />
          ))}
        </svg>
        <input
          type="range"
          className="chart-slider"
          min={0}
          max={days.length - 1}
          value={at}
          aria-label={t('reports.day')}
          aria-valuetext={day ? dayText(day, t, format) : ''}
          onChange={(event) => setChosen(event.target.valueAsNumber)}
        />
        <p className="chart-days muted" aria-hidden="true">
          <span>{format.date(noonOf(days[0]))}</span>
          <strong>{format.date(noonOf(day))}</strong>
          <span>{format.date(noonOf(days.at(-1)))}</span>
        </p>
      </div>
    </>
  )
}

/** A day alone is a short stroke, so that it can be seen. */
function pathOf(points: { x: number; y: number }[]): string {
  const [only] = points
  if (points.length === 1 && only) return `M0 ${only.y}H100`
  return points.map(({ x, y }, index) => `${index ? 'L' : 'M'}${x.toFixed(2)} ${y.toFixed(2)}`).join('')
}

function dayText(day: Day, t: ReturnType<typeof useI18n>['t'], format: ReturnType<typeof useI18n>['format']): string {
  const figures = MEASURES.map((measure) => `${t(LABELS[measure])} ${format.number(day[measure])}`)
  return `${format.date(noonOf(day))}: ${figures.join(', ')}`
}

/** A time of that day on any clock of a reader: a bare date would be midnight in Greenwich. */
function noonOf(day: Day | undefined): string {
  return `${day?.day}T12:00`
}

function AsTable({ days }: { days: Day[] }) {
  const { t, format } = useI18n()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    <section className="chart-table" tabIndex={0} aria-label={t('reports.as_table')}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('reports.day')}</th>
            {MEASURES.map((measure) => (
              <th key={measure} scope="col" className="number">
                {t(LABELS[measure])}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.day}>
              <th scope="row">{format.date(noonOf(day))}</th>
              {MEASURES.map((measure) => (
                <td key={measure} className="number">
                  {format.number(day[measure])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
