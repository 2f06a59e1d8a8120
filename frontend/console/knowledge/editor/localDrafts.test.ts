import { beforeEach, expect, test, vi } from 'vitest'
import { dropDraft, keepDraft, MOST_CHARACTERS, MOST_DRAFTS, readDraft } from './localDrafts'

const draft = (minute: number, body = 'Mine') => ({
  changes: { body },
  expected: 3,
  at: new Date(minute * 60_000).toISOString(),
})

beforeEach(() => localStorage.clear())

test('what was typed is found again, by the same person alone', () => {
  keepDraft('anna', 'a1', draft(1))
  expect(readDraft('anna', 'a1')).toEqual(draft(1))
  expect(readDraft('ben', 'a1')).toBeNull()
  dropDraft('anna', 'a1')
  expect(readDraft('anna', 'a1')).toBeNull()
})

test('the oldest make room: by number and by size', () => {
  for (let minute = 0; minute < MOST_DRAFTS + 5; minute += 1) keepDraft('anna', `a${minute}`, draft(minute))
  expect(localStorage).toHaveLength(MOST_DRAFTS)
  expect(readDraft('anna', 'a0')).toBeNull()
  keepDraft('anna', 'long', draft(100, 'x'.repeat(MOST_CHARACTERS - 100)))
  expect(localStorage).toHaveLength(1)
})

test('a full browser takes nothing from the person who types', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  expect(() => keepDraft('anna', 'a1', draft(1))).not.toThrow()
})

test('what cannot be read is no draft', () => {
  localStorage.setItem('console.article.anna.a1', '{broken')
  expect(readDraft('anna', 'a1')).toBeNull()
})
