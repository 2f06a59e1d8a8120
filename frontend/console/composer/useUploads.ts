import { useRef, useState } from 'react'
import { api } from '../api/client'
import type { Upload } from '../api/types'
import { describeError } from '../app/errors'
import { useI18n } from '../i18n'

/** A file on its way to the server, or there (`upload`), or refused (`error`). */
export type Attached = {
  key: string
  name: string
  size: number
  type: string
  upload: Upload | null
  error: string | null
}

export function useUploads() {
  const { t } = useI18n()
  const [files, setFiles] = useState<Attached[]>([])
  const stored = useRef(new Map<string, Promise<Upload>>())
  const change = (key: string, part: Partial<Attached>) =>
    setFiles((all) => all.map((file) => (file.key === key ? { ...file, ...part } : file)))

  async function upload(key: string, file: File): Promise<void> {
    const form = new FormData()
    form.append('file', file)
    const storing = api.post<Upload>('/api/uploads', form)
    stored.current.set(key, storing)
    try {
      change(key, { upload: await storing })
    } catch (error) {
      change(key, { error: describeError(error, t) })
    }
  }

  return {
    files,
    add(chosen: Iterable<File>): void {
      for (const file of chosen) {
        const key = crypto.randomUUID()
        setFiles((all) => [
          ...all,
          { key, name: file.name, size: file.size, type: file.type, upload: null, error: null },
        ])
        upload(key, file)
      }
    },
    /** Also the server lets go of it, once it is there. */
    remove(key: string): void {
      setFiles((all) => all.filter((file) => file.key !== key))
      stored.current
        .get(key)
        ?.then(({ id }) => api.remove(`/api/uploads/${id}`))
        .catch(() => {})
    },
    clear: () => setFiles([]),
    busy: files.some((file) => !file.upload && !file.error),
    ready: files.flatMap((file) => (file.upload ? [file.upload] : [])),
  }
}
