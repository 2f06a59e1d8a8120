import {
  FileText,
  FolderOpen,
  Hash,
  Link2,
  type LucideIcon,
  MessageCircleQuestion,
  MonitorSmartphone,
} from 'lucide-react'
import { useMay } from '../app/me'
import { KNOWLEDGE_TABS, type KnowledgeTab, to } from '../app/router'
import { SideNav } from '../app/SideNav'
import { type Key, useI18n } from '../i18n'
import { ResourceScreen } from '../resource/ResourceScreen'
import { AskKnowledge } from './AskKnowledge'
import { ArticlesScreen } from './articles/ArticlesScreen'
import { ArticleScreen } from './editor/ArticleScreen'
import { BrokenLinksScreen } from './links/BrokenLinksScreen'
import { QuestionsScreen } from './questions/QuestionsScreen'
import { categoriesFor, codesFor, productsFor } from './specs'

type ScreenProps = { tab: KnowledgeTab; id: string | null }

const PLACES: Record<KnowledgeTab, { label: Key; icon: LucideIcon }> = {
  articles: { label: 'articles.title', icon: FileText },
  codes: { label: 'codes.title', icon: Hash },
  categories: { label: 'categories.title', icon: FolderOpen },
  products: { label: 'products.title', icon: MonitorSmartphone },
  questions: { label: 'questions.title', icon: MessageCircleQuestion },
  links: { label: 'links.title', icon: Link2 },
}

/** Readers see each change of these at once, so that only who may publish finds them here. */
const SEEN_AT_ONCE: KnowledgeTab[] = ['categories', 'products']

/** Editors write here; everybody else can ask. An article has the whole page. */
export default function KnowledgeScreen({ tab, id }: ScreenProps) {
  const { t } = useI18n()
  const mayEdit = useMay('edit_knowledge')
  const mayPublish = useMay('publish_knowledge')
  const tabs = KNOWLEDGE_TABS.filter((key) => mayPublish || !SEEN_AT_ONCE.includes(key))
  if (!mayEdit) return <AskKnowledge />
  if (tab === 'articles' && id) return <ArticleScreen id={id} />
  const links = tabs.map((key) => ({
    key,
    icon: PLACES[key].icon,
    label: t(PLACES[key].label),
    path: to.knowledge(key),
    current: key === tab,
  }))
  return (
    <div className="settings">
      <SideNav label={t('nav.knowledge')} links={links} />
      {tabs.includes(tab) ? <Place tab={tab} id={id} /> : <ArticlesScreen />}
    </div>
  )
}

function Place({ tab, id }: ScreenProps) {
  const { language } = useI18n()
  const mayPublish = useMay('publish_knowledge')
  const path = (item?: string) => to.knowledge(tab, item)
  switch (tab) {
    case 'articles':
      return <ArticlesScreen />
    case 'codes':
      return <ResourceScreen key={tab} spec={codesFor(mayPublish)} id={id} path={path} searchable />
    case 'categories':
      return <ResourceScreen key={tab} spec={categoriesFor(language)} id={id} path={path} />
    case 'products':
      return <ResourceScreen key={tab} spec={productsFor()} id={id} path={path} />
    case 'questions':
      return <QuestionsScreen />
    case 'links':
      return <BrokenLinksScreen />
  }
}
