import { FileText, Hash } from 'lucide-react'
import { Link } from '../app/Link'
import { useMay } from '../app/me'
import { type KnowledgeTab, to } from '../app/router'
import { useI18n } from '../i18n'
import { ResourceScreen } from '../resource/ResourceScreen'
import { AskKnowledge } from './AskKnowledge'
import { ARTICLES, CODES } from './specs'

/** Editors write here; everybody else can ask. */
export default function KnowledgeScreen({ tab, id }: { tab: KnowledgeTab; id: string | null }) {
  const { t } = useI18n()
  const mayEdit = useMay('edit_knowledge')
  if (!mayEdit) return <AskKnowledge />
  const spec = tab === 'codes' ? CODES : ARTICLES
  return (
    <div className="settings">
      <nav className="settings-nav" aria-label={t('nav.knowledge')}>
        <Link
          to={to.knowledge('articles')}
          className="settings-link"
          aria-current={tab === 'articles' ? 'page' : undefined}
        >
          <FileText size={16} aria-hidden="true" />
          {t('articles.title')}
        </Link>
        <Link to={to.knowledge('codes')} className="settings-link" aria-current={tab === 'codes' ? 'page' : undefined}>
          <Hash size={16} aria-hidden="true" />
          {t('codes.title')}
        </Link>
      </nav>
      <ResourceScreen key={tab} spec={spec} id={id} path={(item) => to.knowledge(tab, item)} searchable />
    </div>
  )
}
