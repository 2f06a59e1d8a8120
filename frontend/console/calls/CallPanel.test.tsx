import { act } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import type { Me } from '../api/types'
import type { LiveCenter } from '../live/center'
import * as live from '../live/context'
import { rowWith } from '../testing/builders'
import { leave, press, refused, serverWith, settle, show, type } from '../testing/page'
import { callWith, legWith, lineWith, requestWith } from './builders'
import { CallPanel } from './CallPanel'
import type { Call } from './types'

const SLOTS = {
  zone: 'Europe/Berlin',
  minutes: 30,
  capacity: 1,
  days: [
    { date: '2026-11-26', slots: [{ start: '2026-11-26T09:00:00Z', end: '2026-11-26T09:30:00Z', free: 1, taken: 0 }] },
  ],
}
const WRAPUP = { stage: 'wrapup', ended_at: '2026-11-25T10:02:00Z', wrap_up_until: '2026-11-25T10:03:36Z' } as const

async function panel(call: Call | null, { me = {}, line = lineWith(), request = requestWith() } = {}) {
  vi.spyOn(live, 'useLive').mockReturnValue({ now: () => Date.parse('2026-11-25T10:02:51Z') } as LiveCenter)
  const asked = serverWith({
    'GET /api/callback/requests/r1': { request, calls: call ? [call] : [] },
    'GET /api/callback/lines': { items: [line], next: null },
    'GET /api/callback/slots': SLOTS,
    'POST /api/callback/calls/k1/hold': { ok: true },
    'POST /api/callback/calls/k1/mute': { ok: true },
    'POST /api/callback/calls/k1/hang-up': { ok: true },
    'POST /api/callback/calls/k1/listen': { ok: true },
    'POST /api/callback/calls/k1/wrap-up': { ok: true },
    'POST /api/callback/requests/r1/call-now': { ok: true },
  })
  await show(<CallPanel row={rowWith({ channel: 'callback' })} />, me as Partial<Me>)
  return { text: () => document.body.textContent ?? '', sent: () => asked.filter(({ method }) => method === 'POST') }
}

async function choose(label: string, value: string): Promise<void> {
  const found = [...document.querySelectorAll('label')].find((one) => one.textContent === label)
  const select = document.getElementById(found?.htmlFor ?? '') as HTMLSelectElement
  await act(async () => {
    select.value = value
    select.dispatchEvent(new Event('change', { bubbles: true }))
  })
  await settle()
}

/** Its clock runs no longer than its test. */
afterEach(async () => {
  await leave()
  sessionStorage.clear()
})

test('a call says who, where it stands and for how long, and is held, muted and ended', async () => {
  const { text, sent } = await panel(callWith())
  expect(text()).toContain('+4930901820')
  expect(text()).toContain('Talking2:31')
  await press('Hold')
  await press('Mute')
  await press('Hang up')
  expect(sent().map(({ path, body }) => [path.split('/').at(-1), body])).toEqual([
    ['hold', { on: true }],
    ['mute', { leg: 'g1', on: true }],
    ['hang-up', {}],
  ])
})

test('while it rings there is nothing to hold', async () => {
  const ringing = [legWith({ stage: 'ringing' })]
  const { text } = await panel(callWith({ stage: 'calling_agent', bridged_at: null, legs: ringing }))
  expect(text()).toContain('Calling you')
  expect(document.querySelector('[aria-label="Hold"]')).toBeNull()
})

test('whoever is rung for a waiting customer has nothing to mute yet', async () => {
  const theirs = legWith({ id: 'g3', party: 'colleague', user: 'u1', stage: 'ringing' })
  await panel(callWith({ stage: 'on_hold', agent: { id: 'u9', name: 'Ben' }, legs: [theirs] }))
  expect(document.querySelector('[aria-label="Mute"]')).toBeNull()
  expect(document.body.textContent).toContain('Calling you')
})

test('everybody in the call sees that it is recorded', async () => {
  expect((await panel(callWith({ recording: 'on' }))).text()).toContain('Recording')
  expect((await panel(callWith())).text()).not.toContain('Recording')
})

test('recording is offered where the line does so', async () => {
  const more = () => document.querySelector('[aria-label="More of this call"]')
  await panel(callWith())
  expect(more()).toBeNull()
  await panel(callWith(), { line: lineWith({ records: true }) })
  expect(more()).not.toBeNull()
})

test('a supervisor listens, and stops by the same button', async () => {
  const theirs = callWith({ agent: { id: 'u9', name: 'Ben' }, legs: [legWith({ user: 'u9' })] })
  const { sent } = await panel(theirs, { me: { permissions: ['work_queue', 'supervise'] } })
  await press('Listen')
  const heard = { ...theirs, legs: [...theirs.legs, legWith({ id: 'g5', party: 'supervisor', listens: 'listen' })] }
  const again = await panel(heard, { me: { permissions: ['work_queue', 'supervise'] } })
  await press('Listen')
  expect([sent().at(-1)?.body, again.sent().at(-1)?.body]).toEqual([{ how: 'listen' }, { how: 'off' }])
})

test('a colleague’s call can be neither held nor listened to by an agent', async () => {
  await panel(callWith({ agent: { id: 'u9', name: 'Ben' }, legs: [legWith({ user: 'u9' })] }))
  expect([...document.querySelectorAll('.call-controls button')]).toEqual([])
})

test('what came of it is saved with the next step', async () => {
  const { sent, text } = await panel(callWith(WRAPUP))
  expect(text()).toContain('Wrap-up, 0:45 left')
  await choose('What came of it', 'follow_up')
  await type('Notes', 'Wants an offer')
  await press('Another timeAs agreed with the customer.')
  await act(async () => document.querySelector<HTMLElement>('.slot-time')?.click())
  await press('Finish')
  expect(sent().at(-1)?.body).toEqual({
    disposition: 'follow_up',
    notes: 'Wants an offer',
    next: 'move',
    wanted_at: '2026-11-26T09:00:00Z',
  })
})

test('notes that were typed survive a reload', async () => {
  await panel(callWith(WRAPUP))
  await type('Notes', 'Half a sentence')
  await panel(callWith(WRAPUP))
  expect((document.querySelector('textarea') as HTMLTextAreaElement).value).toBe('Half a sentence')
})

test('whoever has it calls now; somebody else cannot', async () => {
  const { sent } = await panel(null, { request: requestWith({ assigned_to: { id: 'u1', name: 'Anna' } }) })
  await press('Call now')
  expect(sent().map(({ path }) => path)).toEqual(['/api/callback/requests/r1/call-now'])
  await panel(null, { request: requestWith({ assigned_to: { id: 'u9', name: 'Ben' } }) })
  expect(document.querySelector('.request-actions')).toBeNull()
})

test('a promise that has passed is said, and that dialling is stopped', async () => {
  const { text } = await panel(null, {
    line: lineWith({ paused_at: '2026-11-25T09:00:00Z' }),
    request: requestWith({ late_seconds: 600 }),
  })
  expect(text()).toContain('late by 10 min')
  expect(text()).toContain('Dialling is stopped.')
})

test('a command that is refused says why', async () => {
  serverWith({
    'GET /api/callback/requests/r1': { request: requestWith(), calls: [callWith()] },
    'GET /api/callback/lines': { items: [], next: null },
    'POST /api/callback/calls/k1/hold': refused(409, 'wrong_state'),
  })
  await show(<CallPanel row={rowWith({ channel: 'callback' })} />)
  await press('Hold')
  expect(document.querySelector('.toast')?.textContent).toBeTruthy()
})
