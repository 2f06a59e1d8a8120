/** What the buttons above the text do to it. Pure: from a text and what is selected to what takes its place. */

export type Selected = { text: string; from: number; to: number }
/** `text` takes the place of `from`..`to`; afterwards `select` is selected, counted from `from`. */
export type Replacement = { from: number; to: number; text: string; select: [number, number] }

/** **Selected words** between two marks; takes the marks away when they are there. */
export function surround({ text, from, to }: Selected, mark: string, instead: string): Replacement {
  const words = text.slice(from, to)
  const size = mark.length
  const isMarked = text.slice(from - size, from) === mark && text.slice(to, to + size) === mark
  if (isMarked) return { from: from - size, to: to + size, text: words, select: [0, words.length] }
  const inside = words || instead
  return { from, to, text: `${mark}${inside}${mark}`, select: [size, size + inside.length] }
}

/** The selected lines as heading, list or steps; takes the marks away when every line has one. */
export function markLines(selected: Selected, kind: 'heading' | 'list' | 'steps'): Replacement {
  const { from, to, lines } = linesOf(selected)
  const marks = MARKS[kind]
  const filled = lines.filter((line) => line.trim())
  const isMarked = filled.length > 0 && filled.every((line) => marks.found.test(line))
  const bare = lines.map((line) => line.replace(ANY_MARK, ''))
  let number = 0
  const marked = bare.map((line) => (line.trim() || lines.length === 1 ? marks.of(++number) + line : line))
  const text = (isMarked ? bare : marked).join('\n')
  return { from, to, text, select: lines.length === 1 ? [text.length, text.length] : [0, text.length] }
}

/** Code: within a line as `code`, over lines as a block. */
export function markCode(selected: Selected, instead: string): Replacement {
  const words = selected.text.slice(selected.from, selected.to)
  if (!words.includes('\n')) return surround(selected, '`', instead)
  const { from, to, lines } = linesOf(selected)
  const text = ['```', ...lines, '```'].join('\n')
  return { from, to, text, select: [4, text.length - 4] }
}

/** A link whose words are the selected ones, else `words`. */
export function link({ text, from, to }: Selected, words: string, target: string): Replacement {
  const shown = (text.slice(from, to) || words).replace(/[[\]\n]/g, ' ').trim()
  const whole = `[${shown}](${target})`
  return { from, to, text: whole, select: [whole.length, whole.length] }
}

/** A paragraph of its own (an image, a file) at the end of the selection. */
export function insertBlock({ text, to }: Selected, block: string): Replacement {
  const before = text.slice(0, to)
  const lead = before === '' || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n'
  const whole = `${lead}${block}\n`
  return { from: to, to, text: whole, select: [whole.length, whole.length] }
}

export function applied(text: string, { from, to, text: fresh }: Replacement): string {
  return text.slice(0, from) + fresh + text.slice(to)
}

const ANY_MARK = /^(#{1,6} |[-*] |\d+[.)] )/
const MARKS = {
  heading: { found: /^## /, of: () => '## ' },
  list: { found: /^[-*] /, of: () => '- ' },
  steps: { found: /^\d+[.)] /, of: (number: number) => `${number}. ` },
}

function linesOf({ text, from, to }: Selected): { from: number; to: number; lines: string[] } {
  const start = text.lastIndexOf('\n', from - 1) + 1
  const next = text.indexOf('\n', to > from && text[to - 1] === '\n' ? to - 1 : to)
  const end = next < 0 ? text.length : next
  return { from: start, to: end, lines: text.slice(start, end).split('\n') }
}
