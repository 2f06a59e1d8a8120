/** What is in a piece of a recording: frames, each with the milliseconds since it began. docs/cobrowse-protocol.md. */

export interface Item {
  ms: number
  /** A binary frame of the page, or a text frame as one end had it for the other. */
  frame: ArrayBuffer | Said
}

/** The fields of all kinds: what is not there is undefined. */
export interface Said {
  t: string
  by?: string
  name?: string
  x?: number
  y?: number
  id?: string
  n?: number
  points?: [number, number][]
}

const NUMBER = 4
const HEAD = 9
const PICTURE = 1

export interface PieceRead {
  number: number
  items: Item[]
}

/** Raises RangeError for what is none. */
export function readPiece(data: ArrayBuffer): PieceRead {
  const view = new DataView(data)
  const items: Item[] = []
  let at = NUMBER
  while (at < data.byteLength) {
    const start = at + HEAD
    const end = start + view.getUint32(at + 5)
    if (end > data.byteLength) throw new RangeError('a torn piece')
    const bytes = data.slice(start, end)
    const frame = view.getUint8(at + 4) === PICTURE ? bytes : (JSON.parse(new TextDecoder().decode(bytes)) as Said)
    items.push({ ms: view.getUint32(at), frame })
    at = end
  }
  return { number: view.getUint32(0), items }
}
