import { afterEach, expect, test } from 'vitest'
import type { Outgoing } from '../shared/protocol'
import { createStore } from '../shared/store'
import { Log } from './log'
import { shown, widgetWith } from './testing'

afterEach(() => localStorage.clear())

test('a message that the centre has refused says why', () => {
  const widget = widgetWith()
  const refused: Outgoing = {
    client_id: 'm1',
    c: null,
    body: 'See the picture',
    files: ['f1'],
    at: '2030-01-01T09:00:00Z',
    state: 'failed',
    error: 'A file is missing. Attach it again.',
  }
  const live = { ...widget.live, outbox: createStore([refused]) }
  expect(shown({ ...widget, live }, <Log />).textContent).toContain('Not sent. A file is missing. Attach it again.')
})
