import { expect, test } from 'vitest'
import { articleWith } from '../../testing/builders'
import { changesOf, type Edit, edited, hasNewWords, isDirty, startEditing } from './editing'

const after = (...edits: Edit[]) => edits.reduce(edited, startEditing(articleWith()))
const mine: Edit = { type: 'edit', part: { body: 'Mine.' } }
const theirs = articleWith({ version: 2, title: 'Their title', body: 'Theirs.' })

test('only what differs is sent', () => {
  const { values, start } = after(mine)
  expect(changesOf(values, start)).toEqual({ body: 'Mine.' })
})

test('a change that is taken back is none', () => {
  expect(isDirty(after(mine, { type: 'edit', part: { body: 'Press the button.' } }))).toBe(false)
})

test('other readers are a change, but no new words', () => {
  const state = after({ type: 'edit', part: { audience: 'internal' } })
  expect([isDirty(state), hasNewWords(state)]).toEqual([true, false])
})

test('what is typed while a save is on its way stays, unsaved', () => {
  const before = after(mine)
  const typing = edited(before, { type: 'edit', part: { title: 'And more' } })
  const saved = articleWith({ version: 2, body: 'Mine.' })
  const state = edited(typing, { type: 'saved', article: saved, sent: before.values })
  expect(changesOf(state.values, state.start)).toEqual({ title: 'And more' })
  expect(state.expected).toBe(2)
})

test('news of the article come in while nothing is typed, and wait while something is', () => {
  expect(after({ type: 'arrived', article: theirs }).values.body).toBe('Theirs.')
  const typing = after(mine, { type: 'arrived', article: theirs })
  expect(typing.values.body).toBe('Mine.')
  expect(typing.expected).toBe(1)
})

test('mine over theirs writes my fields alone, upon their version', () => {
  const state = after(mine, { type: 'conflict', theirs }, { type: 'keep_mine' })
  expect(changesOf(state.values, state.start)).toEqual({ body: 'Mine.' })
  expect(state.values.title).toBe('Their title')
  expect(state.expected).toBe(2)
})

test('taking theirs leaves nothing unsaved, and mine can be brought back upon it', () => {
  const taken = after(mine, { type: 'conflict', theirs }, { type: 'take_theirs' })
  expect(isDirty(taken)).toBe(false)
  const back = edited(taken, { type: 'bring_back', changes: { body: 'Mine.' }, expected: taken.expected })
  expect(back.values).toMatchObject({ body: 'Mine.', title: 'Their title' })
})

test('a decision can be put off: the words stay, and the next save asks again', () => {
  const state = after(mine, { type: 'conflict', theirs }, { type: 'decide_later' })
  expect(state).toMatchObject({ theirs: null, expected: 1, values: { body: 'Mine.' } })
})

test('discarding goes back to what was read', () => {
  expect(isDirty(after(mine, { type: 'discard' }))).toBe(false)
})
