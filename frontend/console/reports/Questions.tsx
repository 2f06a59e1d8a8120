import { PencilLine } from 'lucide-react'
import { withQuery } from '../api/client'
import { Link } from '../app/Link'
import { useMay } from '../app/me'
import { to } from '../app/router'
import { useI18n } from '../i18n'
import { NEW } from '../resource/spec'
import { RelativeTime } from '../ui/Time'
import type { Reason, ToWrite, ZeroHit } from './types'

/** What nothing answers and many ask: the articles to write next. */
export function NextArticles({ items }: { items: ToWrite[] }) {
  const { t } = useI18n()
  const mayEdit = useMay('edit_knowledge')
  return (
    <section className="card">
      <h2 className="card-title">{t('reports.to_write')}</h2>
      {items.length === 0 ? (
        <p className="muted">{t('reports.to_write_none')}</p>
      ) : (
        <ol className="wanted">
          {items.map((item) => (
            <li key={`${item.locale}:${item.question}`} className="wanted-item">
              <div className="wanted-words">
                <p className="wanted-question" lang={item.locale}>
                  {item.question}
                </p>
                <p className="muted">{t('reports.asked', { n: item.times })}</p>
                {item.others.length > 0 && (
                  <details>
                    <summary>{t('reports.others', { n: item.others.length })}</summary>
                    <ul className="plain-list" lang={item.locale}>
                      {item.others.map((other) => (
                        <li key={other}>{other}</li>
                      ))}
                    </ul>
                  </details>
                )}
              </div>
              {mayEdit && <WriteIt item={item} />}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

/** A new article that has the question as its title and among the words to find it by. */
function WriteIt({ item: { question, locale } }: { item: ZeroHit }) {
  const { t } = useI18n()
  return (
    <Link
      to={withQuery(to.knowledge('articles', NEW), { question, locale })}
      className="button button-outline button-small"
      aria-label={t('reports.write_about', { question })}
    >
      <PencilLine size={16} aria-hidden="true" />
      {t('reports.write')}
    </Link>
  )
}

export function ZeroHits({ items }: { items: ZeroHit[] }) {
  const { t, format } = useI18n()
  return (
    <section className="card">
      <h2 className="card-title">{t('reports.zero_title')}</h2>
      {items.length === 0 ? (
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
            {items.map(({ question, locale, times }) => (
              <tr key={`${locale}:${question}`}>
                <td lang={locale}>{question}</td>
                <td className="number">{format.number(times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

/** What readers said when an answer did not help. */
export function Reasons({ items }: { items: Reason[] }) {
  const { t } = useI18n()
  return (
    <section className="card">
      <h2 className="card-title">{t('reports.reasons')}</h2>
      {items.length === 0 ? (
        <p className="muted">{t('reports.reasons_none')}</p>
      ) : (
        <ul className="wanted">
          {items.map(({ answer, title, text, at }) => (
            <li key={`${answer}:${at}:${text}`} className="wanted-item">
              <div className="wanted-words">
                <p className="reason">“{text}”</p>
                <p className="muted">
                  {title} · <RelativeTime at={at} />
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
