import { CircleAlert, LoaderCircle, X } from 'lucide-react'
import { FileIcon } from '../conversation/Files'
import { useI18n } from '../i18n'
import type { Attached } from './useUploads'

export function AttachedFiles({ files, onRemove }: { files: Attached[]; onRemove: (key: string) => void }) {
  const { t, format } = useI18n()
  if (files.length === 0) return null
  return (
    <ul className="attached" aria-label={t('files.label')}>
      {files.map((file) => (
        <li key={file.key} className={file.error ? 'attached-file attached-bad' : 'attached-file'}>
          {file.error ? (
            <CircleAlert size={16} aria-hidden="true" />
          ) : file.upload ? (
            <FileIcon type={file.type} />
          ) : (
            <LoaderCircle size={16} className="spin" role="img" aria-label={t('files.uploading')} />
          )}
          <span className="clip">{file.name}</span>
          <span className={file.error ? 'bad' : 'muted'} role={file.error ? 'alert' : undefined}>
            {file.error ?? format.size(file.size)}
          </span>
          <button
            type="button"
            className="icon-button icon-button-small"
            aria-label={t('files.remove', { name: file.name })}
            onClick={() => onRemove(file.key)}
          >
            <X size={14} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  )
}
