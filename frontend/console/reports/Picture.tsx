import { type PointerEvent, useId, useState } from 'react'
import { type I18n, type Key, useI18n } from '../i18n'
import { type Counted, dayAt, everyDay, placeOf, pointsOf, scaleFor } from './chart'

/** What is counted, and what it is called; each has a line of its own look, by its place in the list. */
export type Labels<M extends string> = Record<M, Key>
type PictureProps<M extends string> = { series: Counted<NoInfer<M>>[]; labels: Labels<M> }
type DaysProps<M extends string> = { days: Counted<M>[]; labels: Labels<M> }

/** What happened day by day: lines that differ by dashes too, a slider that reads each day, and the same as a table.
 * A day alone makes no line: its figures are read. */
export function Picture<M extends string>({ series, labels }: PictureProps<M>) {
  const { t } = useI18n()
  const title = useId()
  const days = everyDay(series, measuresOf(labels))
  if (days.length === 0) return null
  return (
    <section className="card" aria-labelledby={title}>
      <h2 id={title} className="card-title">
        {t('reports.over_time')}
      </h2>
      <div className="chart">
        {days.length > 1 && <Lines days={days} labels={labels} />}
        <details open={days.length === 1}>
          <summary>{t('reports.as_table')}</summary>
          <AsTable days={days} labels={labels} />
        </details>
      </div>
    </section>
  )
}

function measuresOf<M extends string>(labels: Labels<M>): M[] {
  return Object.keys(labels) as M[]
}

function Lines<M extends string>({ days, labels }: DaysProps<M>) {
  const { t, format } = useI18n()
  const measures = measuresOf(labels)
  const [chosen, setChosen] = useState(days.length - 1)
  const at = Math.min(chosen, days.length - 1)
  const scale = scaleFor(Math.max(...days.flatMap((day) => measures.map((measure) => day[measure]))))
  const top = scale.at(-1) ?? 1
  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    setChosen(dayAt(((event.clientX - box.left) / box.width) * 100, days.length))
  }
  const day = days[at]
  return (
    <>
      <ul className="chart-legend" aria-hidden="true">
        {measures.map((measure, place) => (
          <li key={measure}>
            <svg className={`chart-line chart-line-${place}`} viewBox="0 0 24 8" aria-hidden="true">
              <path d="M0 4H24" />
            </svg>
            {t(labels[measure])}
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
          {measures.map((measure, place) => (
            <path key={measure} className={`chart-line chart-line-${place}`} d={pathOf(pointsOf(days, measure, top))} />
          ))}
        </svg>
        <input
          type="range"
          className="chart-slider"
          min={0}
          max={days.length - 1}
          value={at}
          aria-label={t('reports.day')}
          aria-valuetext={day ? dayText(day, labels, { t, format }) : ''}
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

function pathOf(points: { x: number; y: number }[]): string {
  return points.map(({ x, y }, index) => `${index ? 'L' : 'M'}${x.toFixed(2)} ${y.toFixed(2)}`).join('')
}

function dayText<M extends string>(
  day: Counted<M>,
  labels: Labels<M>,
  { t, format }: Pick<I18n, 't' | 'format'>,
): string {
  const figures = measuresOf(labels).map((measure) => `${t(labels[measure])} ${format.number(day[measure])}`)
  return `${format.date(noonOf(day))}: ${figures.join(', ')}`
}

/** A time of that day on any clock of a reader: a bare date would be midnight in Greenwich. */
function noonOf(day: { day: string } | undefined): string {
  return `${day?.day}T12:00`
}

function AsTable<M extends string>({ days, labels }: DaysProps<M>) {
  const { t, format } = useI18n()
  const measures = measuresOf(labels)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    <section className="chart-table" tabIndex={0} aria-label={t('reports.as_table')}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('reports.day')}</th>
            {measures.map((measure) => (
              <th key={measure} scope="col" className="number">
                {t(labels[measure])}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.day}>
              <th scope="row">{format.date(noonOf(day))}</th>
              {measures.map((measure) => (
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
