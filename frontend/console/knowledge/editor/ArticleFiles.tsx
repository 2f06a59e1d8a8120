import { useQueryClient } from '@tanstack/react-query'
import { CornerDownLeft, File as FileIcon, Trash2 } from 'lucide-react'
import { api } from '../../api/client'
import { useI18n } from '../../i18n'
import { IconButton } from '../../ui/Button'
import { removeLater } from '../../ui/removeLater'
import type { Article, KnowledgeFile } from '../types'
import type { EditorModel } from './useEditor'

/** Images and attachments of the article: to put into the text, or away. */
export function ArticleFiles({ editor, article }: { editor: EditorModel; article: Article }) {
  const { t } = useI18n()
  const queries = useQueryClient()
  if (article.files.length === 0) return <p className="muted">{t('files.none')}</p>
  const remove = (file: KnowledgeFile) => {
    editor.learn({ ...article, files: article.files.filter(({ id }) => id !== file.id) })
    const refresh = () => queries.invalidateQueries({ queryKey: ['kb-article', article.id] })
    removeLater(
      () => api.remove(`/api/kb/files/${file.id}`),
      t('resource.removed', { name: file.filename }),
      refresh,
      t,
    )
  }
  const insert = (file: KnowledgeFile) => {
    const { body } = editor.values
    editor.edit({ body: `${body}${body && !body.endsWith('\n') ? '\n\n' : ''}${file.markdown}\n` })
  }
  return (
    <ul className="side-list">
      {article.files.map((file) => (
        <FileLine
          key={file.id}
          file={file}
          isUsed={editor.values.body.includes(file.id)}
          onInsert={() => insert(file)}
          onRemove={() => remove(file)}
        />
      ))}
    </ul>
  )
}

type FileLineProps = { file: KnowledgeFile; isUsed: boolean; onInsert: () => void; onRemove: () => void }

function FileLine({ file, isUsed, onInsert, onRemove }: FileLineProps) {
  const { t, format } = useI18n()
  return (
    <li className="file-line">
      {file.is_image ? (
        <img src={file.url} alt="" className="file-thumb" loading="lazy" />
      ) : (
        <span className="file-thumb">
          <FileIcon size={18} aria-hidden="true" />
        </span>
      )}
      <span className="line-text">
        <a href={file.url} target="_blank" rel="noopener" className="clip">
          {file.filename}
        </a>
        <span className="muted">
          {format.size(file.size)} · {t(isUsed ? 'files.used' : 'files.unused')}
        </span>
      </span>
      <IconButton label={t('files.insert', { name: file.filename })} icon={CornerDownLeft} onClick={onInsert} />
      {!isUsed && <IconButton label={t('files.remove', { name: file.filename })} icon={Trash2} onClick={onRemove} />}
    </li>
  )
}
