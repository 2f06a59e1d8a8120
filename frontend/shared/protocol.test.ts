import { describe, expect, test } from 'vitest'
import { bench, entry, ev, memoryStorage, onlineBench, seeded } from './testing'

const sub = (c: string, last_s?: number) => ({ t: 'sub', id: expect.any(Number), subs: [{ c, last_s }] })

describe('receiving', () => {
  test('a subscription without a place asks for a snapshot, with one for what follows', () => {
    const { live, socket } = onlineBench()
    live.subscribe('a')
    live.subscribe('b', 7)
    expect(socket().of('sub')).toEqual([sub('a'), sub('b', 7)])
  })

  test('events in order reach the application at once', () => {
    const { live, socket, numbers } = onlineBench()
    live.subscribe('a', 0)
    socket().push(ev('a', 1), ev('a', 2))
    expect(numbers()).toEqual([1, 2])
  })

  test('an event seen before is ignored', () => {
    const { live, socket, numbers } = onlineBench()
    live.subscribe('a', 1)
    socket().push(ev('a', 1))
    socket().push(ev('a', 2))
    socket().push(ev('a', 2))
    expect(numbers()).toEqual([2])
  })

  test('an event that comes early is held until the missing one is there', () => {
    const { live, socket, numbers } = onlineBench()
    live.subscribe('a', 0)
    socket().push(ev('a', 3), ev('a', 2))
    expect(numbers()).toEqual([])
    socket().push(ev('a', 1))
    expect(numbers()).toEqual([1, 2, 3])
  })

  test('a gap is asked for after one second, from the last number in order', () => {
    const { live, socket, clock } = onlineBench()
    live.subscribe('a', 4)
    socket().push(ev('a', 7))
    clock.pass(999)
    expect(socket().of('sub')).toHaveLength(1)
    clock.pass(1)
    expect(socket().of('sub')[1]).toEqual(sub('a', 4))
  })

  test('a gap that closes by itself is not asked for', () => {
    const { live, socket, clock } = onlineBench()
    live.subscribe('a', 4)
    socket().push(ev('a', 6))
    socket().push(ev('a', 5))
    clock.pass(3000)
    expect(socket().of('sub')).toHaveLength(1)
  })

  test('a head beyond the last number heals a lost last push', () => {
    const { live, socket, clock } = onlineBench()
    live.subscribe('a', 4)
    socket().push({ t: 'head', heads: { a: 5, unknown: 9 } })
    clock.pass(1000)
    expect(socket().of('sub')).toEqual([sub('a', 4), sub('a', 4)])
  })

  test('a snapshot replaces the log, and held events behind it follow', () => {
    const { live, socket, frames, numbers } = onlineBench()
    live.subscribe('a')
    socket().push(ev('a', 11))
    socket().push({ t: 'snap', c: 'a', s: 10, state: {}, entries: [entry(9), entry(10)] })
    expect(frames.map((frame) => frame.t)).toEqual(['hello', 'ready', 'snap', 'ev'])
    expect(numbers()).toEqual([11])
  })

  test('a skipped number keeps the order without reaching the application', () => {
    const { live, socket, numbers } = onlineBench()
    live.subscribe('a', 0)
    socket().push(ev('a', 1), { t: 'ev', c: 'a', s: 2, kind: 'skip' }, ev('a', 3))
    expect(numbers()).toEqual([1, 3])
  })

  test('resync renews every subscription from its place', () => {
    const { live, socket } = onlineBench()
    live.subscribe('a', 2)
    live.subscribe('b', 5)
    socket().push({ t: 'resync' })
    expect(socket().of('sub').at(-1)?.subs).toEqual([
      { c: 'a', last_s: 2 },
      { c: 'b', last_s: 5 },
    ])
  })

  test('a place that the server does not know leads to a snapshot', () => {
    const { live, socket } = onlineBench()
    live.subscribe('a', 99)
    socket().push({ t: 'nack', id: socket().of('sub')[0].id, code: 'resume_failed', message: '' })
    expect(socket().of('sub')[1]).toEqual(sub('a'))
  })

  test('what has been answered is not asked for again when another one of its frame is refused', () => {
    const { live, socket, frames } = bench()
    live.subscribe('talk')
    live.subscribe('gone')
    live.start()
    socket().accept()
    const [sub] = socket().of('sub')
    expect(sub.subs).toHaveLength(2)
    socket().push({ t: 'synced', c: 'talk', s: 0, state: {} })
    socket().push({ t: 'nack', id: sub.id, code: 'not_found', message: '' })
    expect(frames.at(-1)).toMatchObject({ t: 'nack', c: 'gone' })
    expect(socket().of('sub')).toHaveLength(1)
  })

  test('of several subscriptions only the refused one is lost, and the application hears of it', () => {
    const { live, socket, frames } = onlineBench()
    live.subscribe('a', 1)
    live.subscribe('gone', 2)
    socket().push({ t: 'resync' })
    socket().push({ t: 'nack', id: socket().of('sub').at(-1)?.id, code: 'not_found', message: '' })
    const [a, gone] = socket().of('sub').slice(-2)
    expect([a, gone]).toEqual([sub('a', 1), sub('gone', 2)])
    socket().push({ t: 'nack', id: gone.id, code: 'not_found', message: '' })
    expect(frames.at(-1)).toMatchObject({ t: 'nack', c: 'gone' })
  })

  test('nothing of an interaction arrives after unsubscribing', () => {
    const { live, socket, numbers } = onlineBench()
    live.subscribe('a', 0)
    live.unsubscribe('a')
    socket().push(ev('a', 1))
    expect(numbers()).toEqual([])
    expect(socket().of('unsub')).toEqual([{ t: 'unsub', subs: [{ c: 'a' }] }])
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i: losses, doubles and disorder leave the log of the server', (seed) => {
    const random = seeded(seed)
    const { live, sockets, socket, clock, numbers } = onlineBench()
    const log = Array.from({ length: 300 }, (_unused, index) => ev('a', index + 1))
    let written = 0
    let answered = 0
    live.subscribe('a', 0)
    const answerSubscriptions = () => {
      const asked = sockets.flatMap((each) => each.of('sub'))
      for (const { subs } of asked.slice(answered)) {
        socket().push(...log.slice(subs[0].last_s, written), { t: 'synced', c: 'a', s: written })
      }
      answered = asked.length
    }
    while (written < log.length) {
      const burst = log.slice(written, written + 1 + Math.floor(random() * 6))
      written += burst.length
      const pushed = burst.filter(() => random() > 0.2).flatMap((event) => (random() < 0.2 ? [event, event] : [event]))
      for (const event of pushed.sort(() => random() - 0.5)) socket().push(event)
      if (random() < 0.05) {
        socket().end(1006)
        clock.pass(31_000)
        socket().accept()
      }
      clock.pass(random() * 700)
      answerSubscriptions()
    }
    socket().push({ t: 'head', heads: { a: written } })
    clock.pass(2000)
    answerSubscriptions()
    expect(numbers()).toEqual(log.map((event) => event.s))
  })
})

describe('sending', () => {
  const bodies = (sent: { body: string }[]) => sent.map((frame) => frame.body)

  test('a message written offline goes out with its client id once the line is there', () => {
    const { live, socket } = bench()
    const id = live.send({ c: null, body: 'hello' })
    live.start()
    expect(live.outbox.getSnapshot()[0]?.state).toBe('queued')
    socket().accept()
    expect(socket().of('msg')[0]).toMatchObject({ client_id: id, c: null, body: 'hello' })
  })

  test('an acked message stays visible until the log holds it', () => {
    const { live, socket, numbers } = onlineBench()
    const client_id = live.send({ c: null, body: 'hello' })
    socket().push({ t: 'ack', id: socket().of('msg')[0].id, client_id, c: 'a', s: 1, at: '2030-01-01T09:00:00Z' })
    expect(live.outbox.getSnapshot().map((message) => message.state)).toEqual(['acked'])
    expect(socket().of('sub')).toEqual([sub('a')])
    socket().push(ev('a', 1, { client_id }))
    expect(live.outbox.getSnapshot()).toEqual([])
    expect(numbers()).toEqual([1])
  })

  test('the own event counts as a receipt when the ack is lost', () => {
    const { live, socket, clock, sockets } = onlineBench()
    live.subscribe('a', 0)
    const client_id = live.send({ c: 'a', body: 'hello' })
    socket().push(ev('a', 1, { client_id }))
    clock.pass(9000)
    expect(live.outbox.getSnapshot()).toEqual([])
    expect(sockets).toHaveLength(1)
  })

  test('at most eight are unacked, and the order holds', () => {
    const { live, socket } = onlineBench()
    for (let n = 1; n <= 12; n++) live.send({ c: 'a', body: `${n}` })
    expect(bodies(socket().of('msg'))).toEqual(['1', '2', '3', '4', '5', '6', '7', '8'])
    const { id, client_id } = socket().of('msg')[0]
    socket().push({ t: 'ack', id, client_id, c: 'a', s: 1, at: '' })
    expect(bodies(socket().of('msg')).at(-1)).toBe('9')
  })

  test('eight seconds without an answer: a new line, the same client ids, the same order', () => {
    const { live, clock, sockets } = onlineBench()
    live.send({ c: 'a', body: 'one' })
    live.send({ c: 'a', body: 'two' })
    clock.pass(8000)
    expect(sockets[0]?.closedWith).toBe(4000)
    clock.pass(1000)
    sockets[1]?.accept()
    expect(sockets[1]?.of('msg').map((frame) => [frame.body, frame.client_id])).toEqual(
      sockets[0]?.of('msg').map((frame) => [frame.body, frame.client_id]),
    )
  })

  test('a refusal that passes is waited out', () => {
    const { live, socket, clock } = onlineBench()
    live.send({ c: 'a', body: 'fast' })
    socket().push({ t: 'nack', id: socket().of('msg')[0].id, code: 'rate_limited', message: '', retry_after: 1.5 })
    clock.pass(1400)
    expect(socket().of('msg')).toHaveLength(1)
    clock.pass(100)
    expect(bodies(socket().of('msg'))).toEqual(['fast', 'fast'])
  })

  test('a refusal for good is shown and can be retried or discarded', () => {
    const { live, socket } = onlineBench()
    const id = live.send({ c: 'a', body: 'x' })
    socket().push({ t: 'nack', id: socket().of('msg')[0].id, code: 'too_large', message: 'The message is too long.' })
    expect(live.outbox.getSnapshot()[0]).toMatchObject({ state: 'failed', error: 'The message is too long.' })
    live.retry(id)
    expect(socket().of('msg')).toHaveLength(2)
    live.discard(id)
    expect(live.outbox.getSnapshot()).toEqual([])
  })

  test('unsent messages outlive the page, acked ones do not come back', () => {
    const storage = memoryStorage()
    const first = onlineBench({ storage })
    const client_id = first.live.send({ c: null, body: 'stored' })
    first.live.send({ c: null, body: 'not yet' })
    first.socket().push({ t: 'ack', id: first.socket().of('msg')[0].id, client_id, c: 'a', s: 1, at: '' })
    const second = onlineBench({ storage })
    expect(bodies(second.socket().of('msg'))).toEqual(['not yet'])
  })

  test('a request is answered by its ack or rejected with the code', async () => {
    const { live, socket } = onlineBench()
    const done = live.request({ t: 'end' })
    socket().push({ t: 'ack', id: socket().of('end')[0].id })
    await expect(done).resolves.toMatchObject({ t: 'ack' })
    const refused = live.request({ t: 'contact', email: 'x' })
    socket().push({ t: 'nack', id: socket().of('contact')[0].id, code: 'bad_request', message: 'Not an address.' })
    await expect(refused).rejects.toMatchObject({ code: 'bad_request' })
    const lost = live.request({ t: 'end' })
    socket().end(1006)
    await expect(lost).rejects.toMatchObject({ code: 'offline' })
    await expect(live.request({ t: 'end' })).rejects.toMatchObject({ code: 'offline' })
  })

  test('typing goes out once in three seconds, read only forwards', () => {
    const { live, socket, clock } = onlineBench()
    live.sendTyping('a')
    live.sendTyping('a')
    clock.pass(3000)
    live.sendTyping('a')
    live.sendRead('a', 5)
    live.sendRead('a', 5)
    live.sendRead('a', 4)
    expect(socket().of('typing')).toHaveLength(2)
    expect(socket().of('read')).toEqual([{ t: 'read', c: 'a', s: 5 }])
  })
})

test('typing of others vanishes after six seconds or with their message', () => {
  const { live, socket, clock } = onlineBench()
  live.subscribe('a', 0)
  const typing = { t: 'typing', c: 'a', by: 'staff', name: 'Alex' }
  socket().push(typing)
  expect(live.typing.getSnapshot()).toEqual({ a: { by: 'staff', name: 'Alex' } })
  clock.pass(6000)
  expect(live.typing.getSnapshot()).toEqual({})
  socket().push(typing)
  socket().push(ev('a', 1))
  expect(live.typing.getSnapshot()).toEqual({})
})
