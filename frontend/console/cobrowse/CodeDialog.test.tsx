import { act } from 'react'
import { afterEach, expect, test } from 'vitest'
import { press, refused, serverWith, settle, show, type } from '../testing/page'
import { CodeDialog } from './CodeDialog'
import { askedCode, openViews } from './views'

const session = {
  id: 's1',
  state: 'consent_pending',
  scopes: [],
  controller: null,
  agents: [],
  created_at: '2026-01-01T00:00:00Z',
  viewing_at: null,
}

afterEach(() =>
  act(async () => {
    askedCode.set(null)
    openViews.set({})
  }),
)

async function asked(interaction: string, why = false) {
  await show(<CodeDialog />)
  await act(async () => askedCode.set({ interaction, why }))
  await settle()
}

test('a code in any shape opens the view beside the conversation in which it was asked for', async () => {
  const requests = serverWith({ 'POST /api/cobrowse/claims': { session, interaction: 'i1' } })
  await asked('i1')
  await type('Code', '123-456 789')
  await press('Open the page')
  expect(requests).toContainEqual({
    method: 'POST',
    path: '/api/cobrowse/claims',
    body: { code: '123456789', interaction: 'i1' },
  })
  expect(openViews.getSnapshot()).toEqual({ i1: 's1' })
  expect(askedCode.getSnapshot()).toBeNull()
})

test('a page of nobody known leads to the interaction that was opened for it', async () => {
  serverWith({ 'POST /api/cobrowse/claims': { session, interaction: 'new1' } })
  await asked('')
  await type('Code', '123456789')
  await press('Open the page')
  expect(location.pathname).toBe('/console/i/new1')
})

test('a wrong code is said in words and can be mended', async () => {
  serverWith({ 'POST /api/cobrowse/claims': refused(404, 'wrong_code') })
  await asked('i1')
  await type('Code', '111222333')
  await press('Open the page')
  expect(document.querySelector('[role=alert]')?.textContent).toMatch(/wrong or has run out/)
  await type('Code', '111222334')
  expect(document.querySelector('[role=alert]')).toBeNull()
  expect(openViews.getSnapshot()).toEqual({})
})

test('half a code cannot be sent, and why one is needed is said', async () => {
  serverWith({})
  await asked('i1', true)
  await type('Code', '12345')
  const open = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Open the page')
  expect(open?.disabled).toBe(true)
  expect(document.body.textContent).toMatch(/no page of ours open/)
})
