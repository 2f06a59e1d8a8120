/** The events of the replayer that we make, in its own numbers (@rrweb/types 2.1.6). */
import type { Replayer } from '@rrweb/replay'

export type ReplayEvent = Exclude<Parameters<Replayer['addEvent']>[0], string>

export const NODE = { document: 0, element: 2, text: 3 } as const
export const FULL = 2
const INCREMENTAL = 3
export const CUSTOM = 5
const SOURCE = { mutation: 0, scroll: 3, resize: 4, input: 5 } as const

/** Everything is past: a live replayer applies what is older than its baseline at once, not with the next picture. */
const AT = 1

export interface BuiltNode {
  type: number
  id: number
  tagName?: string
  attributes?: Record<string, string>
  childNodes?: BuiltNode[]
  textContent?: string
  isSVG?: true
  isShadow?: true
  isShadowHost?: true
}

export interface Mutations {
  removes: { parentId: number; id: number; isShadow?: boolean }[]
  adds: { parentId: number; nextId: number | null; node: BuiltNode }[]
  texts: { id: number; value: string }[]
  attributes: { id: number; attributes: Record<string, string | null> }[]
}

export const fullSnapshot = (node: BuiltNode) => event(FULL, { node, initialOffset: { top: 0, left: 0 } })
export const mutation = (data: Mutations) => event(INCREMENTAL, { source: SOURCE.mutation, ...data })
export const scroll = (id: number, x: number, y: number) => event(INCREMENTAL, { source: SOURCE.scroll, id, x, y })
export const resize = (width: number, height: number) => event(INCREMENTAL, { source: SOURCE.resize, width, height })
export const value = (id: number, text: string) =>
  event(INCREMENTAL, { source: SOURCE.input, id, text, isChecked: false })
/** What the replayer has no event for; a plugin of ours carries it out in its turn. */
export const custom = (tag: string, payload: unknown) => event(CUSTOM, { tag, payload })

function event(type: number, data: unknown): ReplayEvent {
  return { type, data, timestamp: AT } as ReplayEvent
}
