/** The box in the place of something that is not mirrored: its size, and a word that says what it is. */
import type { Label } from '../../shared/cobrowse/wire'
import { type BuiltNode, NODE } from './events'

export type BoxWords = Readonly<Record<Label, string>>

const LOOK =
  'display:inline-flex;align-items:center;justify-content:center;box-sizing:border-box;overflow:hidden;' +
  'max-width:100%;border:1px dashed #8a94a6;border-radius:4px;color:#3d4757;font:12px/1.3 system-ui,sans-serif;' +
  'text-align:center;background:repeating-linear-gradient(45deg,#eceff3 0 8px,#e2e6ec 8px 16px)'
/** A word needs so much room, in pixels; smaller boxes stay without. */
const WORD_WIDTH = 64
const WORD_HEIGHT = 16

export function boxNode(id: number, width: number, height: number): BuiltNode {
  return {
    type: NODE.element,
    id,
    tagName: 'div',
    attributes: { style: `${LOOK};width:${Math.max(0, width)}px;height:${Math.max(0, height)}px` },
    childNodes: [],
  }
}

/** The word of a box has the negative of its number: no number of the customer's page is negative. */
export function boxWord(id: number, width: number, height: number, word: string): BuiltNode {
  const fits = width >= WORD_WIDTH && height >= WORD_HEIGHT
  return { type: NODE.text, id: -id, textContent: fits ? word : '' }
}
