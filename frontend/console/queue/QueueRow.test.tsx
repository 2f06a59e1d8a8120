import { expect, test } from 'vitest'
import { rowWith } from '../testing/builders'
import { serverWith, show } from '../testing/page'
import { QueueRow } from './QueueRow'

const HOUR_MS = 3_600_000
const at = (ms: number) => new Date(Date.now() + ms).toISOString()

async function timeOf(more: Parameters<typeof rowWith>[0]): Promise<string> {
  serverWith({})
  await show(<QueueRow row={rowWith({ channel: 'callback', ...more })} open={false} gone={false} />)
  return document.querySelector('.row-time')?.textContent ?? ''
}

test('an appointment says when it is due instead of how long it waits', async () => {
  expect(await timeOf({ not_before: at(HOUR_MS) })).toContain('due ')
})

test('one whose time has come waits like all others', async () => {
  expect(await timeOf({ not_before: at(-HOUR_MS) })).not.toContain('due ')
})
