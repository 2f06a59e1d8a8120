import { expect, test } from 'vitest'
import { applied, insertBlock, link, markCode, markLines, type Replacement, type Selected, surround } from './markup'

/** `[` and `]` stand where the selection begins and ends. */
function at(marked: string): Selected {
  const [from, end] = [marked.indexOf('['), marked.indexOf(']')]
  return { text: marked.replace(/[[\]]/g, ''), from, to: end - 1 }
}

function after(marked: string, change: (selected: Selected) => Replacement): string {
  const selected = at(marked)
  const replacement = change(selected)
  const text = applied(selected.text, replacement)
  const [from, to] = replacement.select.map((place) => place + replacement.from) as [number, number]
  return `${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}`
}

test.each([
  ['Press [now].', 'Press **[now]**.'],
  ['Press **[now]**.', 'Press [now].'],
  ['Press []', 'Press **[words]**'],
])('bold: %s', (before, expected) => {
  expect(after(before, (one) => surround(one, '**', 'words'))).toBe(expected)
})

test.each([
  ['heading', 'First[]\nSecond', '## First[]\nSecond'],
  ['heading', '## First[]', 'First[]'],
  ['list', '[one\ntwo]', '[- one\n- two]'],
  ['list', '[- one\n- two]', '[one\ntwo]'],
  ['steps', '[one\n\ntwo]', '[1. one\n\n2. two]'],
  ['steps', '[- one\n- two]', '[1. one\n2. two]'],
  ['steps', '[]', '1. []'],
] as const)('%s: %j', (kind, before, expected) => {
  expect(after(before, (one) => markLines(one, kind))).toBe(expected)
})

test('code within a line and over lines', () => {
  expect(after('Run [ls]', (one) => markCode(one, 'code'))).toBe('Run `[ls]`')
  expect(after('[one\ntwo]', (one) => markCode(one, 'code'))).toBe('```\n[one\ntwo]\n```')
})

test('a link takes the selected words, else the title of its target without what would end it', () => {
  expect(link({ text: 'See this.', from: 4, to: 8 }, 'Reset', 'article:reset').text).toBe('[this](article:reset)')
  const whole = link({ text: '', from: 0, to: 0 }, 'E[04] reset', 'article:reset')
  expect(whole.text).toBe('[E 04  reset](article:reset)')
})

test.each([
  ['Look:', 'Look:\n\n![x](file:1)\n'],
  ['Look:\n', 'Look:\n\n![x](file:1)\n'],
  ['', '![x](file:1)\n'],
])('after %j a file is a paragraph of its own', (text, expected) => {
  const selected = { text, from: text.length, to: text.length }
  expect(applied(text, insertBlock(selected, '![x](file:1)'))).toBe(expected)
})
