import { beforeEach, expect, test, vi } from 'vitest'
import { createLiveClient } from '../shared/protocol'
import { type Bench, entry, ev, ScriptedSocket, turnedClock } from '../shared/testing'
import type { VisitorState } from '../shared/wire'
import { type Chat, createChat, ownPromise, unread } from './chat'
import { createKeep } from './storage'

const waiting: VisitorState = { state: 'waiting', agent: null, promise: null, customer_seen: 0, staff_seen: 0 }

interface Scene extends Pick<Bench, 'clock'> {
  chat: Chat
  socket: ScriptedSocket
  keep: ReturnType<typeof createKeep>
}

/** A visitor whose socket is signed in. */
function scene(ready: object = {}, who = ''): Scene {
  const keep = createKeep('SITE')
  const clock = turnedClock()
  const socket = new ScriptedSocket()
  const live = createLiveClient<VisitorState>({
    url: 'ws://centre/ws/chat',
    auth: () => ({ token: keep.get('token') || null }),
    storage: keep.outbox,
    clock,
    open: () => socket,
  })
  const chat = createChat(live, keep, who)
  chat.wake()
  socket.accept({ token: 'signed', visitor: 'v1', c: null, ...ready })
  return { chat, socket, keep, clock }
}

beforeEach(() => localStorage.clear())

test('the token is kept and shown at the next visit', () => {
  expect(scene().socket.of('auth')[0].token).toBe(null)
  expect(scene().socket.of('auth')[0].token).toBe('signed')
})

test('a token that is renewed while the page stays open takes the place of the old one', () => {
  const { socket, keep, clock } = scene()
  socket.push({ t: 'token', token: 'renewed' })
  expect(keep.get('token')).toBe('renewed')
  socket.end(1006)
  clock.pass(1000)
  socket.accept({ token: 'again', visitor: 'v1', c: null })
  expect(socket.of('auth').map(({ token }) => token)).toEqual([null, 'renewed'])
})

test('the first message opens a conversation that is followed from then on', () => {
  const { chat, socket, keep } = scene()
  chat.send('hello', [])
  const { id, client_id, c } = socket.of('msg')[0]
  expect(c).toBe(null)
  socket.push({ t: 'ack', id, client_id, c: 'talk', s: 2, at: '' })
  expect(chat.state.getSnapshot().c).toBe('talk')
  expect(socket.of('sub')).toHaveLength(1)
  expect(keep.get('c')).toBe('talk')
})

test('a message is sent also where the browser has no room to keep it', () => {
  const { chat, socket, keep } = scene()
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  chat.send('hello', [])
  const { id, client_id } = socket.of('msg')[0]
  socket.push({ t: 'ack', id, client_id, c: 'talk', s: 2, at: '' })
  full.mockRestore()
  expect(keep.get('c')).toBe('talk')
  expect(chat.state.getSnapshot().c).toBe('talk')
})

test('a conversation of an earlier page goes on', () => {
  scene().keep.set('c', 'talk')
  const { chat, socket } = scene()
  expect(socket.of('sub')[0].subs).toEqual([{ c: 'talk' }])
  socket.push({ t: 'snap', c: 'talk', s: 3, state: { ...waiting, staff_seen: 2 }, entries: [entry(2), entry(3)] })
  socket.push(ev('talk', 4))
  expect(chat.state.getSnapshot().entries.map((each) => each.s)).toEqual([2, 3, 4])
  expect(chat.state.getSnapshot().seen).toBe(2)
})

test('a new visitor does not see what another one wrote here', () => {
  scene().keep.set('c', 'talk')
  const { chat, socket } = scene({ visitor: 'v2' })
  expect(chat.state.getSnapshot().c).toBe(null)
  expect(socket.of('sub')).toEqual([])
})

test('a new visitor is not promised an answer at the address that the former one left', () => {
  scene().keep.set('contact', 'kim@example.org')
  const { chat, keep } = scene({ visitor: 'v2' })
  expect([chat.state.getSnapshot().contact, keep.get('contact')]).toEqual(['', ''])
})

test('who signs in on the page keeps the own conversation', () => {
  scene({ c: 'talk' })
  const { chat, socket } = scene({ c: 'talk' }, 'anna@example.org')
  expect(socket.of('auth')[0].token).toBe('signed')
  expect(chat.state.getSnapshot().c).toBe('talk')
})

test.each(['bert@example.org', ''])('what somebody left who has signed out is not for %j', (next) => {
  const first = scene({ c: 'talk' }, 'anna@example.org')
  first.socket.end(1006)
  first.chat.send('not sent yet', [])
  first.keep.set('contact', 'anna@example.org')
  first.keep.set('draft', 'half a word')
  const { chat, socket, keep } = scene({ visitor: 'v2' }, next)
  expect(socket.of('auth')[0].token).toBe(null)
  expect(socket.of('msg')).toEqual([])
  expect(chat.state.getSnapshot()).toMatchObject({ c: null, contact: '' })
  expect(keep.get('draft')).toBe('')
})

test('what was written to a conversation out of reach opens a new one', () => {
  const first = scene({ c: 'talk' })
  first.chat.send('not sent yet', [])
  const { socket } = scene({ visitor: 'v2' })
  expect(socket.of('msg').map(({ c, body }) => [c, body])).toEqual([[null, 'not sent yet']])
})

test('what was read while the line was down is told afterwards', () => {
  const { chat, socket, clock } = scene({ c: 'talk' })
  socket.push({ t: 'snap', c: 'talk', s: 1, state: waiting, entries: [entry(1)] })
  socket.end(1006)
  chat.markRead()
  clock.pass(1000)
  socket.accept({ token: 'signed', visitor: 'v1', c: 'talk' })
  socket.push({ t: 'synced', c: 'talk', s: 1, state: waiting })
  expect(socket.of('read')).toEqual([{ t: 'read', c: 'talk', s: 1 }])
})

test('a conversation that is gone makes room for a new one', () => {
  const { chat, socket, keep } = scene({ c: 'talk' })
  socket.push({ t: 'nack', id: socket.of('sub')[0].id, code: 'not_found', message: '' })
  expect(chat.state.getSnapshot().c).toBe(null)
  expect(keep.get('c')).toBe('')
})

test('unread are the messages of staff after the last one read', () => {
  const { chat, socket } = scene({ c: 'talk' })
  const entries = [entry(1, { from: 'customer' }), entry(2), entry(3, { kind: 'event', event: { name: 'assigned' } })]
  socket.push({ t: 'snap', c: 'talk', s: 3, state: waiting, entries })
  expect(unread(chat.state.getSnapshot())).toBe(1)
  chat.markRead()
  expect(unread(chat.state.getSnapshot())).toBe(0)
  expect(socket.of('read')).toEqual([{ t: 'read', c: 'talk', s: 3 }])
})

test('closing shows at once, and a new chat leaves the old one behind', () => {
  const { chat, socket } = scene({ c: 'talk' })
  socket.push({ t: 'snap', c: 'talk', s: 1, state: waiting, entries: [entry(1)] })
  socket.push(ev('talk', 2, { kind: 'event', event: { name: 'closed' } }))
  expect(chat.state.getSnapshot().now?.state).toBe('closed')
  chat.startAnew()
  chat.send('another question', [])
  expect(socket.of('msg')[0].c).toBe(null)
})

test('the address a visitor leaves is kept once the centre has it', async () => {
  const { chat, socket, keep } = scene({ c: 'talk' })
  const left = chat.leaveContact('kim@example.org', 'Kim')
  expect(socket.of('contact')[0]).toMatchObject({ email: 'kim@example.org', name: 'Kim' })
  expect(chat.state.getSnapshot().contact).toBe('')
  socket.push({ t: 'ack', id: socket.of('contact')[0].id })
  await left
  expect(chat.state.getSnapshot().contact).toBe('kim@example.org')
  expect(keep.get('contact')).toBe('kim@example.org')
})

test('what another tab begins appears here', () => {
  const { chat } = scene()
  window.dispatchEvent(new StorageEvent('storage', { key: 'cic:SITE:c', newValue: 'talk' }))
  expect(chat.state.getSnapshot().c).toBe('talk')
})

test('whoever takes the chat is known at once, and gone with the transfer', () => {
  const { chat, socket } = scene({ c: 'talk' })
  const agent = () => chat.state.getSnapshot().now?.agent
  socket.push({ t: 'snap', c: 'talk', s: 1, state: waiting, entries: [entry(1)] })
  socket.push(ev('talk', 2, { kind: 'event', from: 'system', event: { name: 'assigned', to: 'Mika' } }))
  expect(agent()).toBe('Mika')
  socket.push(ev('talk', 3, { kind: 'event', from: 'system', event: { name: 'transferred', to: 'Service' } }))
  expect(agent()).toBe(null)
})

test('a chat of an earlier page runs before its log is here, and no longer once it is closed', () => {
  expect(scene().chat.isRunning()).toBe(false)
  scene().keep.set('c', 'talk')
  const { chat, socket } = scene()
  expect(chat.isRunning()).toBe(true)
  socket.push({ t: 'snap', c: 'talk', s: 1, state: { ...waiting, state: 'closed' }, entries: [entry(1)] })
  expect(chat.isRunning()).toBe(false)
})

test('a running chat has its own promise until a person answers', () => {
  const { chat, socket } = scene({ c: 'talk' })
  const promised = { name: 'promised', promise: { by: '2026-11-26T18:00:00+00:00' } }
  const said = entry(1, { from: 'customer' })
  socket.push({ t: 'snap', c: 'talk', s: 1, state: waiting, entries: [said] })
  expect(ownPromise(chat.state.getSnapshot())).toBe(undefined)
  socket.push(ev('talk', 2, { kind: 'event', from: 'system', event: promised }))
  expect(ownPromise(chat.state.getSnapshot())).toEqual(promised.promise)
  socket.push(ev('talk', 3))
  expect(ownPromise(chat.state.getSnapshot())).toBe(undefined)
})
