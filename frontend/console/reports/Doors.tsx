import { type Key, useI18n } from '../i18n'
import type { DeflectionReport } from './types'

const DOORS: Record<string, Key> = {
  widget: 'door.widget',
  console: 'door.console',
  mail: 'door.mail',
  portal: 'door.portal',
  form: 'door.form',
}

/** Where it was asked, and what it came to there. */
export function Doors({ doors }: { doors: DeflectionReport['doors'] }) {
  const { t, format } = useI18n()
  const asked = Object.entries(doors)
    .filter(([, figures]) => figures.shown + figures.zero_hit > 0)
    .sort(([, one], [, other]) => other.shown - one.shown)
  const most = Math.max(1, ...asked.map(([, figures]) => figures.shown))
  if (asked.length === 0) return null
  return (
    <section className="card">
      <h2 className="card-title">{t('reports.doors')}</h2>
      <ul className="bars">
        {asked.map(([door, { shown, solved, inserted, zero_hit, rate }]) => (
          <li key={door} className="bar-line">
            <span>{t(DOORS[door] ?? 'channel.other')}</span>
            <span className="bar" aria-hidden="true">
              <span className="bar-shown" style={{ width: `${(shown / most) * 100}%` }}>
                <span
                  className="bar-solved"
                  style={{ width: `${share(door === 'console' ? inserted : solved, shown)}%` }}
                />
              </span>
            </span>
            <span className="muted">
              {t(door === 'console' ? 'reports.console_line' : 'reports.door_line', {
                shown: format.number(shown),
                solved: format.number(solved),
                inserted: format.number(inserted),
                zero: format.number(zero_hit),
              })}
              {` · ${format.percent(rate)}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, part / whole) * 100 : 0
}
