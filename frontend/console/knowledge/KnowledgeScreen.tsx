import { FileText, Hash } from 'lucide-react'
import { useMay } from '../app/me'
import { type KnowledgeTab, to } from '../app/router'
import { SideNav } from '../app/SideNav'
import { useI18n } from '../i18n'
import { ResourceScreen } from '../resource/ResourceScreen'
import { AskKnowledge } from './AskKnowledge'
import { ARTICLES, CODES } from './specs'

/** Editors write here; everybody else can ask. */
export default function KnowledgeScreen({ tab, id }: { tab: KnowledgeTab; id: string | null }) {
  const { t } = useI18n()
  const mayEdit = useMay('edit_knowledge')
  if (!mayEdit) return <AskKnowledge />
  const links = [
    { key: 'articles' as const, icon: FileText, label: t('articles.title') },
    { key: 'codes' as const, icon: Hash, label: t('codes.title') },
  ].map((link) => ({ ...link, path: to.knowledge(link.key), current: link.key === tab }))
  const spec = tab === 'codes' ? CODES : ARTICLES
  return (
    <div className="settings">
      <SideNav label={t('nav.knowledge')} links={links} />
      <ResourceScreen key={tab} spec={spec} id={id} path={(item) => to.knowledge(tab, item)} searchable />
    </div>
  )
}
