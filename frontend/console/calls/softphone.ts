/**
 * The telephone in the browser: Twilio's Voice SDK, which is fetched only when a token was given.
 *
 * `start` asks for a token, then for the microphone, then for the SDK: what is missing is said in that order, and nobody
 * who has another telephone downloads anything.
 */
import type { Call as VoiceCall, Device as VoiceDevice } from '@twilio/voice-sdk'
import { createStore, type ReadableStore } from '../../shared/store'
import { ApiError, api } from '../api/client'

export type Problem = 'not_configured' | 'no_microphone' | 'unreachable'
export type PhoneState = {
  state: 'off' | 'starting' | 'ready' | 'ringing' | 'busy' | 'failed'
  problem: Problem | null
  muted: boolean
}
type Sdk = { Device: new (token: string, options: object) => VoiceDevice }
/** What the softphone needs of the world; a test gives its own. */
export type Surroundings = {
  token: () => Promise<string | null>
  microphone: () => Promise<boolean>
  load: () => Promise<Sdk>
}
export type Softphone = {
  status: ReadableStore<PhoneState>
  start: () => Promise<void>
  stop: () => void
  answer: () => void
  reject: () => void
  mute: (on: boolean) => void
}

const OFF: PhoneState = { state: 'off', problem: null, muted: false }
/** Milliseconds before it ends at which the SDK asks for the next token. */
const REFRESH_MS = 60_000
/** A token or certificate that is refused; anything else passes, and the SDK connects again by itself. */
const REFUSED = new Set([20101, 20103, 20104, 20151, 51007])
const NO_MICROPHONE = new Set([31401, 31402])

export function createSoftphone(world: Surroundings): Softphone {
  const status = createStore<PhoneState>(OFF)
  let device: VoiceDevice | null = null
  let call: VoiceCall | null = null
  let wanted = 0

  const set = (change: Partial<PhoneState>) => status.update((now) => ({ ...now, ...change }))
  const fail = (problem: Problem) => {
    release()
    status.set({ ...OFF, state: 'failed', problem })
  }
  const release = () => {
    device?.destroy()
    device = null
    call = null
  }
  const idle = () => {
    call = null
    if (device) status.set({ ...OFF, state: 'ready' })
  }
  const ring = (incoming: VoiceCall) => {
    if (call) return incoming.reject()
    call = incoming
    set({ state: 'ringing', muted: false })
    incoming.on('accept', () => set({ state: 'busy' }))
    for (const end of ['cancel', 'disconnect', 'reject', 'error'] as const) incoming.on(end, idle)
  }
  const refused = (error: { code: number }) => {
    if (NO_MICROPHONE.has(error.code)) fail('no_microphone')
    else if (REFUSED.has(error.code)) fail('unreachable')
  }
  const renew = async () => {
    const token = await world.token().catch(() => null)
    if (token) device?.updateToken(token)
  }
  const connect = (sdk: Sdk, token: string) => {
    device = new sdk.Device(token, { tokenRefreshMs: REFRESH_MS, closeProtection: true, logLevel: 'silent' })
    device.on('registered', () => status.getSnapshot().state === 'starting' && set({ state: 'ready' }))
    device.on('incoming', ring)
    device.on('error', refused)
    device.on('tokenWillExpire', renew)
    return device.register()
  }
  const begin = async (turn: number) => {
    const token = await world.token()
    if (turn !== wanted) return
    if (!token) return fail('not_configured')
    if (!(await world.microphone())) return turn === wanted ? fail('no_microphone') : undefined
    const sdk = await world.load()
    if (turn === wanted) await connect(sdk, token)
  }

  return {
    status,
    start: async () => {
      if (device || status.getSnapshot().state === 'starting') return
      wanted += 1
      status.set({ ...OFF, state: 'starting' })
      const turn = wanted
      await begin(turn).catch(() => turn === wanted && fail('unreachable'))
    },
    stop: () => {
      wanted += 1
      release()
      status.set(OFF)
    },
    answer: () => call?.accept(),
    reject: () => call?.reject(),
    mute: (on) => {
      call?.mute(on)
      set({ muted: on })
    },
  }
}

/** The one of this page. */
export const softphone = createSoftphone({
  token: async () => {
    try {
      return (await api.get<{ token: string | null }>('/api/callback/token')).token
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return null
      throw error
    }
  },
  microphone: async () => {
    try {
      const sound = await navigator.mediaDevices.getUserMedia({ audio: true })
      for (const track of sound.getTracks()) track.stop()
      return true
    } catch {
      return false
    }
  },
  load: () => import('@twilio/voice-sdk'),
})
