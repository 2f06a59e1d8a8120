import { act } from 'preact/test-utils'
import { expect, test } from 'vitest'
import type { Uploaded } from './api'
import { type AttachmentList, useAttachments } from './attachments'
import { shown, widgetWith } from './testing'

/** The files of a composer whose uploads end when the test says so, and what the server was told to let go of. */
function composer() {
  const widget = widgetWith()
  const discarded: string[] = []
  const stored: ((file: Uploaded) => void)[] = []
  const api = {
    ...widget.api,
    upload: () => new Promise<Uploaded>((resolve) => stored.push(resolve)),
    discard: (id: string) => discarded.push(id),
  }
  const seen: { files?: AttachmentList } = {}
  const Shown = () => {
    seen.files = useAttachments()
    return null
  }
  shown({ ...widget, api }, <Shown />)
  const files = (): AttachmentList => seen.files as AttachmentList
  return { files, stored, discarded }
}

const chosen = (...names: string[]) => names.map((name) => new File(['x'], name)) as unknown as FileList

test('a file that is removed is let go of by the server too, also while it is still on its way', async () => {
  const { files, stored, discarded } = composer()
  act(() => files().add(chosen('a.txt', 'b.txt', 'c.txt')))
  await act(async () => stored[0]?.({ id: 'a' }))
  const [first, second] = files().all
  await act(async () => {
    files().remove(first?.key ?? 0)
    files().remove(second?.key ?? 0)
  })
  expect(discarded).toEqual(['a'])
  await act(async () => stored[1]?.({ id: 'b' }))
  expect(discarded).toEqual(['a', 'b'])
  expect(files().all.map(({ file }) => file.name)).toEqual(['c.txt'])
})

test('what was sent is not let go of', async () => {
  const { files, stored, discarded } = composer()
  act(() => files().add(chosen('a.txt')))
  await act(async () => stored[0]?.({ id: 'a' }))
  act(() => files().clear())
  expect(discarded).toEqual([])
})
