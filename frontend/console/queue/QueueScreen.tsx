import { Inbox } from 'lucide-react'
import { ConversationPane } from '../conversation/ConversationPane'
import { useI18n } from '../i18n'
import { EmptyState } from '../ui/states'
import { QueuePane } from './QueuePane'

/** Queue on the left, the open interaction beside it; on a narrow screen one of the two. */
export function QueueScreen({ openId }: { openId: string | null }) {
  const { t } = useI18n()
  return (
    <div className={openId ? 'split split-open' : 'split'}>
      {!openId && <h1 className="visually-hidden">{t('nav.queue')}</h1>}
      <QueuePane openId={openId} />
      {openId ? (
        <ConversationPane key={openId} id={openId} />
      ) : (
        <div className="split-empty">
          <EmptyState icon={Inbox} title={t('queue.pick_title')} text={t('queue.pick_text')} />
        </div>
      )}
    </div>
  )
}
