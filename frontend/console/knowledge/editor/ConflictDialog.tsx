import { useI18n } from '../../i18n'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { DiffView } from './DiffView'
import { fieldDiffs } from './diff'
import { changesOf, valuesOf } from './editing'
import type { EditorModel } from './useEditor'

/** Two people have saved: shows the difference, and loses neither's words whatever is chosen. */
export function ConflictDialog({ editor }: { editor: EditorModel }) {
  const { t } = useI18n()
  const { theirs, values, start } = editor.state
  const mine = changesOf(values, start)
  const name = theirs?.updated_by ?? t('conflict.somebody')
  return (
    <Dialog
      wide
      open={theirs !== null}
      onClose={editor.decideLater}
      title={t('conflict.title', { name })}
      description={t('conflict.text')}
    >
      {theirs && (
        <DiffView
          fields={fieldDiffs(valuesOf(theirs), mine)}
          removed={t('conflict.only_theirs')}
          added={t('conflict.only_mine')}
          same={t('conflict.same')}
        />
      )}
      <div className="dialog-actions">
        <Button onClick={editor.decideLater}>{t('conflict.later')}</Button>
        <Button onClick={editor.setMineAside}>{t('conflict.take_theirs')}</Button>
        <Button variant="primary" onClick={editor.saveOver}>
          {t('conflict.save_mine')}
        </Button>
      </div>
    </Dialog>
  )
}
