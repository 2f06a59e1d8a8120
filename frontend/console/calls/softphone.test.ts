import type { Device, Call as VoiceCall } from '@twilio/voice-sdk'
import { expect, test, vi } from 'vitest'
import { createSoftphone, type Surroundings } from './softphone'

type Listener = (...given: unknown[]) => unknown

/** Something that tells what happens to it, as the SDK's devices and calls do. */
class Teller {
  private readonly listeners = new Map<string, Listener[]>()
  on(name: string, listener: Listener): this {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener])
    return this
  }
  tell(name: string, ...given: unknown[]): void {
    for (const listener of this.listeners.get(name) ?? []) listener(...given)
  }
}

class FakeDevice extends Teller {
  static made: FakeDevice[] = []
  readonly register = vi.fn(async () => this.tell('registered'))
  readonly destroy = vi.fn()
  readonly updateToken = vi.fn()
  constructor(readonly token: string) {
    super()
    FakeDevice.made.push(this)
  }
}

class FakeCall extends Teller {
  readonly accept = vi.fn(() => this.tell('accept'))
  readonly reject = vi.fn(() => this.tell('reject'))
  readonly mute = vi.fn()
}

function phoneIn(world: Partial<Surroundings> = {}) {
  FakeDevice.made = []
  const load = vi.fn(async () => ({ Device: FakeDevice as unknown as new (token: string) => Device }))
  const phone = createSoftphone({ token: async () => 'token-1', microphone: async () => true, load, ...world })
  const ring = () => {
    const call = new FakeCall()
    FakeDevice.made[0]?.tell('incoming', call as unknown as VoiceCall)
    return call
  }
  return { phone, load, ring, now: () => phone.status.getSnapshot() }
}

test('a softphone registers, rings, is answered, muted, and is ready again', async () => {
  const { phone, ring, now } = phoneIn()
  await phone.start()
  expect(now().state).toBe('ready')
  const call = ring()
  expect(now().state).toBe('ringing')
  phone.answer()
  expect([now().state, call.accept.mock.calls.length]).toEqual(['busy', 1])
  phone.mute(true)
  expect([now().muted, call.mute.mock.calls]).toEqual([true, [[true]]])
  call.tell('disconnect')
  expect(now()).toEqual({ state: 'ready', problem: null, muted: false })
})

test('without a token nothing is downloaded and no microphone asked for', async () => {
  const microphone = vi.fn(async () => true)
  const { phone, load, now } = phoneIn({ token: async () => null, microphone })
  await phone.start()
  expect(now()).toMatchObject({ state: 'failed', problem: 'not_configured' })
  expect([load.mock.calls.length, microphone.mock.calls.length]).toEqual([0, 0])
})

test('without a microphone nothing is downloaded', async () => {
  const { phone, load, now } = phoneIn({ microphone: async () => false })
  await phone.start()
  expect(now().problem).toBe('no_microphone')
  expect(load).not.toHaveBeenCalled()
})

test('what could not be reached is said and can be tried again', async () => {
  const token = vi.fn().mockRejectedValueOnce(new Error('offline')).mockResolvedValue('token-2')
  const { phone, now } = phoneIn({ token })
  await phone.start()
  expect(now().problem).toBe('unreachable')
  await phone.start()
  expect(now()).toMatchObject({ state: 'ready', problem: null })
})

test('a second call does not disturb the first', async () => {
  const { phone, ring, now } = phoneIn()
  await phone.start()
  const first = ring()
  phone.answer()
  const second = ring()
  expect(second.reject).toHaveBeenCalledOnce()
  expect([now().state, first.reject.mock.calls.length]).toEqual(['busy', 0])
})

test('a call that is not wanted, or given up, leaves the softphone ready', async () => {
  const { phone, ring, now } = phoneIn()
  await phone.start()
  ring()
  phone.reject()
  expect(now().state).toBe('ready')
  ring().tell('cancel')
  expect(now().state).toBe('ready')
})

test('a token is renewed before it ends', async () => {
  const { phone } = phoneIn({ token: vi.fn().mockResolvedValueOnce('token-1').mockResolvedValue('token-2') })
  await phone.start()
  FakeDevice.made[0]?.tell('tokenWillExpire')
  await vi.waitFor(() => expect(FakeDevice.made[0]?.updateToken).toHaveBeenCalledWith('token-2'))
})

test('a refused token ends it, a network that comes back does not', async () => {
  const { phone, now } = phoneIn()
  await phone.start()
  FakeDevice.made[0]?.tell('error', { code: 31005 })
  expect(now().state).toBe('ready')
  FakeDevice.made[0]?.tell('error', { code: 20101 })
  expect(now().problem).toBe('unreachable')
  expect(FakeDevice.made[0]?.destroy).toHaveBeenCalledOnce()
})

test('who chose another telephone meanwhile gets no device', async () => {
  let arrive: (token: string) => void = () => undefined
  const { phone, load, now } = phoneIn({ token: () => new Promise((resolve) => (arrive = resolve)) })
  const starting = phone.start()
  phone.stop()
  arrive('token-1')
  await starting
  expect([now().state, load.mock.calls.length]).toEqual(['off', 0])
})
