import { expect, test } from 'vitest'
import type { BoxWords } from './boxes'
import type { ReplayEvent } from './events'
import { BadBatchError } from './outline'
import { createTranslator } from './translate'

const words: BoxWords = {
  blocked: 'Hidden',
  frame: 'Frame',
  canvas: 'Drawing',
  video: 'Video',
  image: 'Picture',
  closed: 'Closed',
  too_large: 'Too large',
}
const PAGE = [
  ['w', 800, 600],
  ['p', 'abc/def'],
  ['+', 2, 1, 0, 'html', { lang: 'en' }, 0],
  ['+', 3, 2, 0, 'head', {}, 0],
  ['y', 4, 3, 0, 'p{color:red}', 0],
  ['+', 5, 2, 0, 'body', {}, 0],
  ['+', 6, 5, 0, 'div', { class: 'box' }, 4],
  ['+', 7, 6, 0, 'p', {}, 1],
  ['t', 8, 7, 0, 'Hello', 0],
  ['b', 9, 5, 6, 300, 40, 'video', 0],
]

function opened() {
  const translator = createTranslator(words)
  translator.snapshot(PAGE)
  return translator
}

const data = (event: ReplayEvent | undefined) => event?.data as unknown as Record<string, unknown>
const kinds = (events: ReplayEvent[]) =>
  events.map((event) => `${event.type}/${data(event).source ?? data(event).tag ?? ''}`)

test('a snapshot becomes one tree, and what is no part of the tree follows it', () => {
  const [full, ...rest] = createTranslator(words).snapshot([...PAGE, ['s', 1, 0, 120], ['v', 7, '••']])
  expect(kinds(rest)).toEqual(['3/4', '5/window', '3/5'])
  const root = data(full).node as { childNodes: { tagName: string; childNodes: { tagName: string }[] }[] }
  expect(root.childNodes.map((node) => node.tagName)).toEqual(['html'])
  expect(root.childNodes[0]?.childNodes.map((node) => node.tagName)).toEqual(['head', 'body'])
  expect(JSON.stringify(root)).toContain('"isShadowHost":true')
  expect(JSON.stringify(root)).toContain('Video')
})

test('the order of the operations is kept where the replayer has another one', () => {
  const events = opened().changes([
    ['@', 6, { class: 'big' }],
    ['-', 9],
    ['+', 9, 5, 0, 'p', {}, 0],
    ['=', 8, 'Hi'],
    ['-', 9],
  ])
  expect(kinds(events)).toEqual(['3/0', '3/0', '3/0'])
  expect(data(events[0]).attributes).toHaveLength(1)
  expect(data(events[1])).toMatchObject({ removes: [{ id: 9 }], adds: [{ parentId: 5 }], texts: [{ value: 'Hi' }] })
  expect(data(events[2]).removes).toEqual([{ parentId: 5, id: 9 }])
})

test('what is in a shadow root is taken out by name, so that the replayer forgets it', () => {
  const translator = opened()
  const [event] = translator.changes([['-', 6]])
  expect(data(event).removes).toEqual([
    { parentId: 6, id: 7, isShadow: true },
    { parentId: 5, id: 6 },
  ])
  expect(translator.outline.find(8)).toBeUndefined()
})

test.each<[string, unknown]>([
  ['an element that is not on the list', ['+', 20, 5, 0, 'script', {}, 0]],
  ['a parent that is not there', ['+', 20, 99, 0, 'p', {}, 0]],
  ['a number that is taken', ['t', 6, 5, 0, 'x', 0]],
  ['a sibling of somebody else', ['+', 20, 5, 3, 'p', {}, 0]],
  ['a child of a text', ['t', 20, 8, 0, 'x', 0]],
  ['a child of a sheet', ['t', 20, 4, 0, 'x', 0]],
  ['words for an element', ['=', 5, 'x']],
  ['the end of the document', ['-', 1]],
  ['a shadow root where none can be', ['+', 20, 5, 0, 'input', {}, 4]],
  ['a second page', ['+', 20, 1, 0, 'body', {}, 0]],
  ['no operation at all', { t: 'x' }],
  ['a value of nothing', ['v', 77, 'x']],
])('%s spoils its whole batch, and all that follow until a snapshot', (_name, op) => {
  const translator = opened()
  expect(() => translator.changes([['=', 8, 'Hi'], op])).toThrow(BadBatchError)
  expect(() => translator.changes([['=', 8, 'Hi']])).toThrow(BadBatchError)
  translator.snapshot(PAGE)
  expect(translator.changes([['=', 8, 'Hi']])).toHaveLength(1)
})

test('a sheet that is changed is held against the list like a new one', () => {
  const [event] = opened().changes([
    ['=', 4, '@import "https://evil.example/x.css"; p{color:blue;background:url(https://evil.example/y)}'],
  ])
  expect(JSON.stringify(event)).not.toContain('evil')
  expect(JSON.stringify(event)).toContain('color:blue')
})

test('a snapshot without a page is none', () => {
  expect(() => createTranslator(words).snapshot([['w', 800, 600]])).toThrow(BadBatchError)
})

test('a page that is nested deeper than a browser can take is not built', () => {
  const nested = Array.from({ length: 900 }, (_, at) => ['+', 100 + at, at ? 99 + at : 5, 0, 'div', {}, 0])
  expect(() => opened().changes(nested)).toThrow(BadBatchError)
  expect(opened().changes(nested.slice(0, 500))).toHaveLength(1)
})

test('a window is never larger than a screen, and never nothing', () => {
  const [event] = opened().changes([['w', 9_000_000, 0]])
  expect(data(event)).toMatchObject({ width: 16_384, height: 1 })
})
