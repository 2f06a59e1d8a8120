/** Two short tones for an offer, made on the spot; kept silent when the person wants it so. */
import { createStore } from '../../shared/store'

const KEY = 'console.sound'
const TONES = [
  { hertz: 659, from: 0 },
  { hertz: 880, from: 0.16 },
]
const LENGTH = 0.22
const LOUDNESS = 0.14

export const soundOn = createStore(localStorage.getItem(KEY) !== 'off')

export function setSound(on: boolean): void {
  localStorage.setItem(KEY, on ? 'on' : 'off')
  soundOn.set(on)
}

/** Silent before the first click or key on the page: browsers do not allow it earlier. */
export function playOfferSound(): void {
  if (!soundOn.getSnapshot() || !navigator.userActivation?.hasBeenActive) return
  const audio = new AudioContext()
  for (const { hertz, from } of TONES) playTone(audio, hertz, audio.currentTime + from)
  setTimeout(() => audio.close(), 1_000)
}

function playTone(audio: AudioContext, hertz: number, at: number): void {
  const tone = new OscillatorNode(audio, { type: 'sine', frequency: hertz })
  const volume = new GainNode(audio, { gain: 0 })
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.001, at + LENGTH)
  tone.connect(volume).connect(audio.destination)
  tone.start(at)
  tone.stop(at + LENGTH)
}
