import { useEffect, useRef, useState } from 'preact/hooks'
import { fileSize } from '../shared/i18n'
import { useStore } from '../shared/use-store'
import type { EntryFile } from '../shared/wire'
import type { Uploaded } from './api'
import { Icon } from './icons'
import { useWidget } from './widget'

const MEGABYTE = 1024 * 1024

export interface Attachment {
  key: number
  file: File
  /** what has left, 0 to 1 */
  share: number
  /** there once the server has the file */
  stored?: EntryFile
  problem?: string
}

export interface AttachmentList {
  all: readonly Attachment[]
  done: readonly EntryFile[]
  busy: boolean
  /** files hover over the composer */
  over: boolean
  add(files: FileList): void
  remove(key: number): void
  clear(): void
  drop: {
    onDragOver(event: DragEvent): void
    onDragLeave(): void
    onDrop(event: DragEvent): void
  }
}

export function useAttachments(): AttachmentList {
  const { t, api, keep } = useWidget()
  const limit = useStore(useWidget().config)?.limits?.file ?? Number.POSITIVE_INFINITY // the server has the last word
  const [all, setAll] = useState<readonly Attachment[]>([])
  const [over, setOver] = useState(false)
  const nextKey = useRef(0)
  const uploads = useRef(new Map<number, Promise<Uploaded>>())

  const change = (key: number, fields: Partial<Attachment>): void =>
    setAll((before) => before.map((each) => (each.key === key ? { ...each, ...fields } : each)))

  const addOne = (file: File): void => {
    const key = ++nextKey.current
    const { name, type, size } = file
    const problem = size > limit ? t('tooLarge', { name, n: Math.floor(limit / MEGABYTE) }) : undefined
    setAll((before) => [...before, { key, file, share: 0, problem }])
    if (problem) return
    const upload = api.upload(file, keep.get('token'), (share) => change(key, { share }))
    uploads.current.set(key, upload)
    upload.then(
      (stored) => change(key, { share: 1, stored: { name, type, size, url: '', ...stored } }),
      () => change(key, { problem: t('uploadFailed', { name }) }),
    )
  }
  const add = (files: FileList): void => {
    for (const file of files) addOne(file)
  }
  return {
    all,
    done: all.flatMap(({ stored }) => stored ?? []),
    busy: all.some(({ stored, problem }) => !stored && !problem),
    over,
    add,
    remove(key) {
      setAll((before) => before.filter((each) => each.key !== key))
      uploads.current.get(key)?.then(
        ({ id }) => api.discard(id, keep.get('token')),
        () => {},
      )
    },
    clear: () => setAll([]),
    drop: {
      onDragOver(event) {
        event.preventDefault()
        setOver(true)
      },
      onDragLeave: () => setOver(false),
      onDrop(event) {
        event.preventDefault()
        setOver(false)
        if (event.dataTransfer) add(event.dataTransfer.files)
      },
    },
  }
}

export function Attachments({ files: { all, remove } }: { files: AttachmentList }) {
  const { t, settings } = useWidget()
  if (!all.length) return null
  return (
    <ul class="attachments">
      {all.map(({ key, file, share, stored, problem }) => (
        <li key={key} class={problem ? 'problem' : ''}>
          {problem ? <Icon name="alert" /> : <Preview file={file} />}
          <span class="file-name">{problem ?? file.name}</span>
          {!problem && <span class="muted small">{fileSize(settings.language, file.size)}</span>}
          {!problem && !stored && <progress value={share} aria-label={file.name} />}
          <button type="button" class="tool" aria-label={t('remove', { name: file.name })} onClick={() => remove(key)}>
            <Icon name="close" size={16} />
          </button>
        </li>
      ))}
    </ul>
  )
}

/** A host page's rules rarely allow blob: pictures; a canvas needs no permission. */
function Preview({ file }: { file: File }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [plain, setPlain] = useState(!file.type.startsWith('image/'))
  useEffect(() => {
    if (plain) return
    createImageBitmap(file).then(
      (picture) => canvas.current && drawCovering(canvas.current, picture),
      () => setPlain(true),
    )
  }, [file, plain])
  return plain ? <Icon name="file" /> : <canvas ref={canvas} width="64" height="64" />
}

function drawCovering(canvas: HTMLCanvasElement, picture: ImageBitmap): void {
  const side = Math.min(picture.width, picture.height)
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2]
  canvas.getContext('2d')?.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height)
}
