/** What stands before the caret that asks for help: `?words` for knowledge, `@name` for a colleague. Pure. */

export type Asked = { kind: 'knowledge' | 'mention'; query: string; from: number; to: number }

const KNOWLEDGE = /(?:^|\n)\?([^\n]{0,80})$/
const MENTION = /(?:^|\s)@([^\s@]{0,40})$/

export function askedAt(text: string, caret: number, mentions: boolean): Asked | null {
  const before = text.slice(0, caret)
  const knowledge = KNOWLEDGE.exec(before)
  if (knowledge) return asked('knowledge', knowledge[1] ?? '', caret)
  const mention = mentions ? MENTION.exec(before) : null
  return mention ? asked('mention', mention[1] ?? '', caret) : null
}

function asked(kind: Asked['kind'], query: string, caret: number): Asked {
  return { kind, query: query.trimStart(), from: caret - query.length - 1, to: caret }
}

/** The text with the question replaced, and where the caret stands then. */
export function answered(text: string, { from, to }: Asked, answer: string): { text: string; caret: number } {
  return { text: text.slice(0, from) + answer + text.slice(to), caret: from + answer.length }
}

/** The text with something put in at the caret, on lines of its own. */
export function inserted(text: string, caret: number, addition: string): { text: string; caret: number } {
  const before = text.slice(0, caret)
  const gap = before === '' || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n'
  const start = before + gap + addition
  return { text: start + text.slice(caret), caret: start.length }
}
