import { Download, File, FileText, Image } from 'lucide-react'
import type { EntryFile } from '../api/types'
import { useI18n } from '../i18n'

/** Pictures as pictures, everything else as a card that downloads. */
export function Files({ files }: { files: EntryFile[] }) {
  const { t, format } = useI18n()
  if (files.length === 0) return null
  return (
    <ul className="files" aria-label={t('files.label')}>
      {files.map((file) => (
        <li key={file.id}>
          {isPicture(file) ? (
            <a href={file.url} target="_blank" rel="noopener" className="file-picture" title={file.name}>
              <img src={file.url} alt={file.name} loading="lazy" />
            </a>
          ) : (
            <a href={file.url} download={file.name} className="file-card">
              <FileIcon type={file.type} />
              <span className="file-name clip">{file.name}</span>
              <span className="muted">{format.size(file.size)}</span>
              <Download size={14} role="img" aria-label={t('files.download')} />
            </a>
          )}
        </li>
      ))}
    </ul>
  )
}

export function FileIcon({ type }: { type: string }) {
  const Icon = type.startsWith('image/') ? Image : /pdf|text|word/.test(type) ? FileText : File
  return <Icon size={16} aria-hidden="true" className="file-icon" />
}

function isPicture(file: EntryFile): boolean {
  return Boolean(file.inline) && file.type.startsWith('image/')
}
