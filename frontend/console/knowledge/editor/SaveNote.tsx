import { useI18n } from '../../i18n'
import { CheckField } from '../../ui/CheckField'
import { TextField } from '../../ui/Field'
import type { EditorModel } from './useEditor'

const LONGEST = 200

/** What is said with a save: for colleagues, and for those who translate. */
export function SaveNote({ editor }: { editor: EditorModel }) {
  const { t } = useI18n()
  const { standing, note, setNote, state } = editor
  if (standing.isNew || !standing.hasNewWords) return null
  const { base } = state
  return (
    <div className="side-section side-body">
      <TextField
        label={t('versions.comment')}
        hint={t('versions.comment_hint')}
        maxLength={LONGEST}
        value={note.comment}
        onChange={(comment) => setNote({ ...note, comment })}
      />
      <CheckField
        label={t('versions.minor')}
        hint={t('versions.minor_hint')}
        value={note.minor}
        onChange={(minor) => setNote({ ...note, minor })}
      />
      {base?.outdated && (
        <CheckField
          label={t('translation.done')}
          hint={t('translation.done_hint')}
          value={note.translated}
          onChange={(translated) => setNote({ ...note, translated })}
        />
      )}
    </div>
  )
}
