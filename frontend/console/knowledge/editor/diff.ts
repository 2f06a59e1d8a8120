/** What differs between two texts, line by line and word by word. Pure and bounded. */
import type { DiffLine, FieldDiff } from '../types'
import { type ArticleValues, type Changes, CONTENT } from './editing'

export type Piece = { text: string; changed: boolean }
/** A line to show; `pieces` mark the words that differ from the line that it replaces. `skip`: so many equal lines. */
export type ShownLine = { op: DiffLine['op']; pieces: Piece[] } | { op: 'skip'; count: number }

/** Above so many comparisons a changed stretch is shown as a whole: a browser must never stand still for it. */
const MOST_STEPS = 1_000_000
/** For the words of one line: a text may have thousands of changed lines. */
const MOST_WORD_STEPS = 40_000
const CONTEXT = 2

/** The shortest way from one list to the other. */
export function sequenceDiff(before: string[], after: string[], most = MOST_STEPS): DiffLine[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  const rest = Math.min(before.length, after.length) - head
  while (tail < rest && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1
  return [
    ...all('same', before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail), most),
    ...all('same', before.slice(before.length - tail)),
  ]
}

/** The fields that `changes` has written, against what they would replace. */
export function fieldDiffs(before: ArticleValues, changes: Changes): FieldDiff[] {
  return CONTENT.filter((field) => changes[field] !== undefined && changes[field] !== before[field]).map((field) => ({
    field,
    lines: sequenceDiff(before[field].split('\n'), (changes[field] ?? '').split('\n')),
  }))
}

/** Long equal stretches folded, and in a line that replaces another the words that differ. */
export function shownLines(lines: DiffLine[]): ShownLine[] {
  const shown: ShownLine[] = []
  for (let at = 0; at < lines.length; ) {
    const end = stretch(lines, at)
    const part = lines.slice(at, end)
    if (part[0]?.op === 'same') shown.push(...folded(part, at === 0, end === lines.length))
    else shown.push(...replaced(part))
    at = end
  }
  return shown
}

/** The two texts with the words marked that only one of them has. */
export function wordDiff(before: string, after: string): { before: Piece[]; after: Piece[] } {
  const words = (text: string) => text.match(/[\p{L}\p{N}]+|\s+|./gsu) ?? []
  const steps = sequenceDiff(words(before), words(after), MOST_WORD_STEPS)
  const side = (hidden: 'add' | 'del') =>
    joined(steps.filter(({ op }) => op !== hidden).map(({ op, text }) => ({ text, changed: op !== 'same' })))
  return { before: side('add'), after: side('del') }
}

function all(op: DiffLine['op'], texts: string[]): DiffLine[] {
  return texts.map((text) => ({ op, text }))
}

function middle(before: string[], after: string[], most: number): DiffLine[] {
  if (before.length * after.length > most) return [...all('del', before), ...all('add', after)]
  const length = commonLengths(before, after)
  const width = after.length + 1
  const steps: DiffLine[] = []
  let [one, other] = [0, 0]
  while (one < before.length || other < after.length) {
    const [old, fresh] = [before[one], after[other]]
    const down = length[(one + 1) * width + other] ?? -1
    const right = length[one * width + other + 1] ?? -1
    if (old !== undefined && old === fresh) {
      steps.push({ op: 'same', text: old })
      one += 1
      other += 1
    } else if (old !== undefined && (fresh === undefined || down >= right)) {
      steps.push({ op: 'del', text: old })
      one += 1
    } else {
      steps.push({ op: 'add', text: fresh ?? '' })
      other += 1
    }
  }
  return steps
}

/** At [one, other]: how many steps the rests of both lists have in common. */
function commonLengths(before: string[], after: string[]): Uint32Array {
  const width = after.length + 1
  const length = new Uint32Array((before.length + 1) * width)
  for (let one = before.length - 1; one >= 0; one -= 1) {
    for (let other = after.length - 1; other >= 0; other -= 1) {
      const at = one * width + other
      length[at] =
        before[one] === after[other]
          ? (length[at + width + 1] ?? 0) + 1
          : Math.max(length[at + width] ?? 0, length[at + 1] ?? 0)
    }
  }
  return length
}

/** Where the stretch of equal, or of changed, lines that begins at `at` ends. */
function stretch(lines: DiffLine[], at: number): number {
  const isSame = lines[at]?.op === 'same'
  const length = lines.slice(at).findIndex(({ op }) => (op === 'same') !== isSame)
  return length < 0 ? lines.length : at + length
}

function folded(part: DiffLine[], isFirst: boolean, isLast: boolean): ShownLine[] {
  const head = isFirst ? 0 : CONTEXT
  const tail = isLast ? 0 : CONTEXT
  const count = part.length - head - tail
  if (count < 2) return part.map(plain)
  return [...part.slice(0, head).map(plain), { op: 'skip', count }, ...part.slice(part.length - tail).map(plain)]
}

function replaced(part: DiffLine[]): ShownLine[] {
  const gone = part.filter(({ op }) => op === 'del')
  const come = part.filter(({ op }) => op === 'add')
  const pairs = gone.map((line, index) => wordDiff(line.text, come[index]?.text ?? ''))
  return [
    ...gone.map(
      (line, index): ShownLine => (come[index] ? { op: 'del', pieces: pairs[index]?.before ?? [] } : plain(line)),
    ),
    ...come.map(
      (line, index): ShownLine => (gone[index] ? { op: 'add', pieces: pairs[index]?.after ?? [] } : plain(line)),
    ),
  ]
}

function plain({ op, text }: DiffLine): ShownLine {
  return { op, pieces: [{ text, changed: false }] }
}

function joined(pieces: Piece[]): Piece[] {
  const one: Piece[] = []
  for (const piece of pieces) {
    const last = one.at(-1)
    if (last?.changed === piece.changed) last.text += piece.text
    else one.push({ ...piece })
  }
  return one
}
