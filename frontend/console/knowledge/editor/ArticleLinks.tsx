import { Unlink } from 'lucide-react'
import { Link } from '../../app/Link'
import { to } from '../../app/router'
import { useI18n } from '../../i18n'
import { reasonKey } from '../links/reasons'
import type { Article } from '../types'

/** Links of this article that lead nowhere, and the articles that link here. */
export function ArticleLinks({ links }: { links: Article['links'] }) {
  const { t } = useI18n()
  return (
    <>
      {links.broken.length > 0 && (
        <ul className="callout callout-warn callout-small plain-list">
          {links.broken.map(({ line, text, target, reason }) => (
            <li key={`${line}:${target}`}>
              <Unlink size={14} aria-hidden="true" />
              <span>
                {t('links.line', { n: line })}: <strong>{text || target}</strong>: {t(reasonKey(reason))}
              </span>
            </li>
          ))}
        </ul>
      )}
      <h3 className="side-title">{t('links.from')}</h3>
      {links.from.length === 0 && <p className="muted">{t('links.from_none')}</p>}
      <ul className="side-list">
        {links.from.map((article) => (
          <li key={article.id}>
            <Link to={to.knowledge('articles', article.id)} className="side-line">
              <span className="badge">{article.locale.toUpperCase()}</span>
              <span className="clip">{article.title}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}
