import { expect, test } from 'vitest'
import { press, serverWith, show } from '../testing/page'
import { lineWith, requestWith } from './builders'
import CallbacksScreen from './CallbacksScreen'

const SUPERVISOR = { permissions: ['work_queue' as const, 'supervise' as const] }

function server(lines = [lineWith()], requests = [requestWith()]) {
  return serverWith({
    'GET /api/callback/lines': { items: lines, next: null },
    'GET /api/callback/requests': { items: requests, next: null },
    'POST /api/callback/pause': { items: [] },
    'GET /api/callback/slots': {
      zone: 'Europe/Berlin',
      minutes: 30,
      capacity: 2,
      days: [
        {
          date: '2026-11-26',
          slots: [
            { start: '2026-11-26T09:00:00Z', end: '2026-11-26T09:30:00Z', free: 0, taken: 2 },
            { start: '2026-11-26T09:30:00Z', end: '2026-11-26T10:00:00Z', free: 1, taken: 1 },
          ],
        },
      ],
    },
  })
}

test('a supervisor stops all dialling with one press', async () => {
  const asked = server()
  await show(<CallbacksScreen tab="due" />, SUPERVISOR)
  await press('Stop dialling')
  expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ line: '', paused: true })
})

test('while it is stopped everybody reads so, and only supervisors start it again', async () => {
  const stopped = [lineWith({ paused_at: '2026-11-25T09:00:00Z' })]
  server(stopped)
  await show(<CallbacksScreen tab="due" />)
  expect(document.body.textContent).toContain('Dialling is stopped.')
  expect(document.querySelector('.stop-buttons')).toBeNull()
  const asked = server(stopped)
  await show(<CallbacksScreen tab="due" />, SUPERVISOR)
  await press('Resume dialling')
  expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ line: '', paused: false })
})

test('each line says who, which number, why, and how the promise stands', async () => {
  server([lineWith()], [requestWith({ calls_made: 1, next_at: null, late_seconds: 120 })])
  await show(<CallbacksScreen tab="due" />)
  const text = document.querySelector('.request-line')?.textContent
  for (const part of ['Mia Customer', '+4930901820', 'The printer shows E-04', 'late by 2 min', '1 of 3 attempts'])
    expect(text).toContain(part)
})

test('the calendar shows what is free and what is full', async () => {
  server()
  await show(<CallbacksScreen tab="calendar" />)
  expect([...document.querySelectorAll('.slot')].map((slot) => slot.className)).toEqual([
    'slot slot-full',
    'slot slot-some',
  ])
  expect(document.body.textContent).toContain('1 free, 3 taken')
})

test('without a line the way to one is shown', async () => {
  server([], [])
  await show(<CallbacksScreen tab="due" />)
  expect(document.body.textContent).toContain('No telephone line yet')
})
