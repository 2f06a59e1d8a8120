import { afterEach, expect, test, vi } from 'vitest'
import { press, serverWith, show } from '../testing/page'
import { RecordingLine } from './RecordingLine'
import type { Recording } from './types'

const RECORDING: Recording = {
  id: 'rec1',
  started_at: '2026-11-01T10:00:00Z',
  ended_at: '2026-11-01T10:05:00Z',
  until: '2026-12-01T10:05:00Z',
  removed_at: null,
  removed_by: '',
  can_play: true,
}
const link = () => document.querySelector('a')

afterEach(() => vi.unstubAllGlobals())

test('who may play a recording finds the way to it, and no way to a file', async () => {
  serverWith({})
  await show(<RecordingLine recording={RECORDING} />, { permissions: ['work_queue'] })
  expect(link()?.getAttribute('href')).toBe('/console/cobrowse-view/?recording=rec1')
  expect(document.querySelector('[download]')).toBeNull()
  expect(document.querySelector('button')).toBeNull()
})

test('who may not play it reads that there is one, and for how long', async () => {
  serverWith({})
  await show(<RecordingLine recording={{ ...RECORDING, can_play: false }} />, { permissions: ['work_queue'] })
  expect(link()).toBeNull()
  expect(document.body.textContent).toContain('kept until')
})

test('a supervisor deletes it at the latest as they leave the page', async () => {
  const asked = serverWith({ 'DELETE /api/cobrowse/recordings/rec1': { ok: true } })
  await show(<RecordingLine recording={RECORDING} />, { permissions: ['work_queue', 'supervise'] })
  await press('Delete the recording')
  expect(link()).toBeNull()
  expect(asked).toEqual([])
  window.dispatchEvent(new Event('pagehide'))
  await vi.waitFor(() =>
    expect(asked.map(({ method, path }) => [method, path])).toEqual([['DELETE', '/api/cobrowse/recordings/rec1']]),
  )
})

test('of one that is gone it stays known who has deleted it', async () => {
  serverWith({})
  const gone = { ...RECORDING, removed_at: '2026-11-02T10:00:00Z', removed_by: 'Ada', until: null, can_play: false }
  await show(<RecordingLine recording={gone} />)
  expect(document.body.textContent).toContain('deleted by Ada')
})
