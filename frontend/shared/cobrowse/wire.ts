/** What goes over `/ws/cobrowse`: control frames are JSON, what the page shows is binary. docs/cobrowse-protocol.md. */

export const PROTOCOL = 'cic.cobrowse.v1'

export type Scope = 'view' | 'point' | 'control' | 'record' | 'p2p'
export type Label = 'blocked' | 'frame' | 'canvas' | 'video' | 'image' | 'closed' | 'too_large'
export type Attributes = Record<string, string>

/** One change of the mirrored page. Node ids are those of the customer's page, 1 is the document. */
export type Op =
  | [op: '+', id: number, parent: number, next: number, tag: string, attributes: Attributes, flags: number]
  | [op: 't', id: number, parent: number, next: number, text: string, flags: number]
  | [op: 'y', id: number, parent: number, next: number, css: string, flags: number]
  | [op: 'b', id: number, parent: number, next: number, width: number, height: number, label: Label, flags: number]
  | [op: '-', id: number]
  | [op: '=', id: number, text: string]
  | [op: '@', id: number, attributes: Record<string, string | null>]
  | [op: 'v', id: number, value: string]
  | [op: 'k', id: number, checked: 0 | 1]
  | [op: 'l', id: number, index: number]
  | [op: 's', id: number, x: number, y: number]
  | [op: 'w', width: number, height: number]
  | [op: 'p', path: string]

/** Flags of nodes. */
export const IN_SHADOW = 1
export const IS_SVG = 2
export const HAS_SHADOW = 4
export const IS_MASKED = 8

export const DOCUMENT_ID = 1
/** Ids of what is no node of the page (adopted style sheets and the like) start here. */
export const FIRST_OWN_ID = 2 ** 30

// ---------------------------------------------------------------- control frames

export interface Person {
  id: string
  name: string
}

export interface Rules {
  show: string[]
  mask: string[]
  block: string[]
  /** nothing is shown but what the `show` list names, whatever the page's attributes say */
  deny: boolean
}

/** A question to the customer, in words of the server. */
export interface Ask {
  scope: Scope
  by: Person
  version: string
  hash: string
  text: string
  until: string
  submit: boolean
}

export interface SessionState {
  state: 'code_issued' | 'consent_pending' | 'viewing' | 'ended'
  scopes: Scope[]
  agents: Person[]
  /** what the customer has been asked and has not answered */
  asking?: Scope[]
  /** the id of the agent who controls */
  controller: string | null
  /** whether the controller may send forms */
  submit?: boolean
  paused?: boolean
  paused_by?: string
  reconnecting?: boolean
}

export interface Limits {
  payload: number
  raw: number
  unacked: number
}

export type Point = [x: number, y: number]

interface FromAgent {
  by: string
  name: string
}

interface OnNode {
  /** number of the snapshot that the agent sees */
  e: number
  n: number
}

/** What an agent may do on the customer's page. */
export type Input = OnNode & { id: number } & (
    | { t: 'input.click' }
    | { t: 'input.scroll'; x: number; y: number }
    | { t: 'input.type'; text: string }
    | { t: 'input.select'; index: number }
  )

export type InputRefusal = 'stale' | 'masked' | 'forbidden' | 'submit' | 'gone'

/** Frames for both sides. */
type ForBoth =
  | { t: 'hello'; now: string; heartbeat: number; limits: Limits }
  | { t: 'pong' }
  | ({ t: 'state' } & SessionState)
  | { t: 'end'; reason: string; by?: string }
  | { t: 'err'; code: string; message: string; of?: string }
  | { t: 'sdp'; desc: RTCSessionDescriptionInit; from: string }
  | { t: 'ice'; candidate: RTCIceCandidateInit | null; from: string }
  | { t: 'p2p'; up: boolean; s: number; from: string }
  /** p2p is granted: whom to ask for a way through the network */
  | { t: 'turn'; servers: RTCIceServer[] }

export type ForCustomer =
  | ForBoth
  | ({
      t: 'ready'
      /** null for a page that has not asked for its code yet */
      session: string | null
      rules: Rules
      resume?: string
      s: number
      asks: Ask[]
      lang: string
    } & SessionState)
  | { t: 'code'; code: string; expires_at: string }
  | ({ t: 'ask' } & Ask)
  | { t: 'ack'; s: number }
  | { t: 'resume'; from: number }
  | { t: 'snapshot.request' }
  | ({ t: 'pointer'; x: number; y: number } & FromAgent)
  | ({ t: 'draw'; id: string; points: Point[] } & FromAgent)
  | ({ t: 'clear' } & FromAgent)
  | ({ t: 'highlight' } & OnNode & FromAgent)
  | (Input & FromAgent & { submit?: boolean })

export type ForAgent =
  | ForBoth
  | ({
      t: 'ready'
      session: string
      you: string
      customer: { name: string }
      s: number
      asks: Asked[]
      interaction: string
    } & SessionState)
  | ({ t: 'asked' } & Asked)
  | { t: 'pointer'; x: number; y: number }
  | { t: 'input.done'; id: number; ok: boolean; code?: InputRefusal; what?: string }

/** What an end sends; the server knows which fields which type has. */
export interface Frame {
  t: string
  [field: string]: unknown
}

export interface Asked {
  scope: Scope
  by: Person
  until: string
}

/** Why the server closed. */
export const CLOSE = {
  badFrame: 4400,
  auth: 4401,
  consent: 4403,
  code: 4404,
  timeout: 4408,
  controlled: 4409,
  tooLarge: 4413,
  rate: 4429,
  customer: 4440,
  agent: 4441,
  supervisor: 4442,
} as const

/** After which of them trying again would not help: the customer's page, and an agent's view. */
export const FINAL_FOR_PAGE: ReadonlySet<number> = new Set(
  Object.values(CLOSE).filter((code) => code !== CLOSE.timeout && code !== CLOSE.rate),
)
export const FINAL_FOR_VIEW: ReadonlySet<number> = new Set(
  Object.values(CLOSE).filter((code) => code !== CLOSE.badFrame && code !== CLOSE.tooLarge && code !== CLOSE.rate),
)

// ---------------------------------------------------------------- binary frames

export const SNAPSHOT = 1
export const CHANGES = 2
export const IS_FIRST = 1
export const IS_LAST = 2
const IS_PACKED = 4

const VERSION = 1
const HEADER = 12
const MAX_PAYLOAD = 16_384
const MAX_RAW = 40_960
/** Beside the frame of the JSON itself. */
const ROOM = MAX_RAW - 16
/** Below this, packing costs more than it saves. */
const WORTH_PACKING = 256
/** Of a frame, however short it is. */
const LEAST_WEIGHT = 512

export interface Header {
  kind: typeof SNAPSHOT | typeof CHANGES
  /** IS_FIRST and IS_LAST of its batch */
  flags: number
  /** number of the snapshot that this belongs to */
  epoch: number
  s: number
}

export interface MirrorFrame extends Header {
  payload: Uint8Array<ArrayBuffer>
  isPacked: boolean
}

/** What is sent of one part of a batch, before it has its number. */
export interface Payload {
  bytes: Uint8Array<ArrayBuffer>
  isPacked: boolean
  /** What it counts for in what may be on its way: the server checks what is in it. */
  weight: number
}

export function encodeFrame(
  { kind, flags, epoch, s }: Header,
  { bytes, isPacked }: Omit<Payload, 'weight'>,
): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(HEADER + bytes.length)
  const view = new DataView(frame.buffer)
  frame.set([VERSION, kind, flags | (isPacked ? IS_PACKED : 0), 0])
  view.setUint32(4, epoch)
  view.setUint32(8, s)
  frame.set(bytes, HEADER)
  return frame
}

/** Null for what is no frame of this version. */
export function decodeFrame(data: ArrayBuffer): MirrorFrame | null {
  if (data.byteLength < HEADER || data.byteLength > HEADER + MAX_PAYLOAD) return null
  const view = new DataView(data)
  const kind = view.getUint8(1)
  const flags = view.getUint8(2)
  if (view.getUint8(0) !== VERSION || (kind !== SNAPSHOT && kind !== CHANGES)) return null
  return {
    kind,
    flags: flags & (IS_FIRST | IS_LAST),
    epoch: view.getUint32(4),
    s: view.getUint32(8),
    isPacked: (flags & IS_PACKED) !== 0,
    payload: new Uint8Array(data, HEADER),
  }
}

/** The changes in as many payloads as the limits ask for; each can be read by itself. Packing goes on off this thread. */
export async function pack(ops: readonly Op[]): Promise<Payload[]> {
  const payloads: Payload[] = []
  for (const part of split(ops)) payloads.push(...(await packPart(part)))
  return payloads
}

/** The changes in a payload; throws when it is larger than allowed or no JSON. What they may say is checked elsewhere. */
export async function unpack({ payload, isPacked }: Pick<MirrorFrame, 'payload' | 'isPacked'>): Promise<unknown[]> {
  const raw = isPacked ? await through(new DecompressionStream('deflate-raw'), payload, MAX_RAW) : payload
  const { o } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw)) as { o: unknown[] }
  if (!Array.isArray(o)) throw new TypeError('no changes')
  return o
}

const encoder = new TextEncoder()

/** Parts of at most 40 KiB of JSON. */
function* split(ops: readonly Op[]): Generator<string[]> {
  let part: string[] = []
  let size = 0
  for (const op of ops) {
    const text = JSON.stringify(op)
    const bytes = encoder.encode(text).length
    if (part.length && size + bytes + 1 > ROOM) {
      yield part
      part = []
      size = 0
    }
    part.push(text)
    size += bytes + 1
  }
  if (part.length || !ops.length) yield part
}

async function packPart(part: string[]): Promise<Payload[]> {
  const raw = encoder.encode(`{"o":[${part.join()}]}`)
  // One change alone, of which nearly every character takes three bytes: nobody would take it.
  if (raw.length > MAX_RAW) return packPart([])
  if (raw.length < WORTH_PACKING) return [{ bytes: raw, isPacked: false, weight: LEAST_WEIGHT }]
  const bytes = await through(new CompressionStream('deflate-raw'), raw, Number.POSITIVE_INFINITY)
  if (bytes.length <= MAX_PAYLOAD)
    return [{ bytes, isPacked: true, weight: Math.max(HEADER + bytes.length, raw.length >> 1, LEAST_WEIGHT) }]
  // A single change is at most 16,384 characters of text, which packing always brings below the limit but for noise.
  if (part.length < 2) return packPart([])
  const half = part.length >> 1
  return [...(await packPart(part.slice(0, half))), ...(await packPart(part.slice(half)))]
}

async function through(
  stream: GenericTransformStream,
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = stream.writable.getWriter()
  // Its failure is that of the reading side.
  writer.write(bytes).catch(() => {})
  writer.close().catch(() => {})
  const parts: Uint8Array[] = []
  let size = 0
  const reader = stream.readable.getReader() as ReadableStreamDefaultReader<Uint8Array>
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length
    if (size > limit) {
      await reader.cancel()
      throw new RangeError('larger than allowed')
    }
    parts.push(next.value)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
