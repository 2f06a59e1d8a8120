/** Which part of the queue is shown: kept for the tab, so that coming back shows the same. */
import { createStore } from '../../shared/store'
import type { QueueFilter } from './rows'

const KEY = 'console.queue'
const DEFAULT: QueueFilter = { view: 'open', team: '', channel: '' }

export const queueFilter = createStore<QueueFilter>(read())

export function changeFilter(change: Partial<QueueFilter>): void {
  queueFilter.update((filter) => ({ ...filter, ...change }))
  sessionStorage.setItem(KEY, JSON.stringify(queueFilter.getSnapshot()))
}

function read(): QueueFilter {
  try {
    return { ...DEFAULT, ...JSON.parse(sessionStorage.getItem(KEY) ?? '{}') }
  } catch {
    return DEFAULT
  }
}
