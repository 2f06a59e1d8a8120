import { describe, expect, test } from 'vitest'
import type { Row } from '../api/types'
import { rowWith } from '../testing/builders'
import { belongs, heldRows, patchPages, pinnedRows, type QueueFilter, type RowPage } from './rows'

const OPEN: QueueFilter = { view: 'open', team: '', channel: '' }
const ids = (pages: RowPage[]) => pages.map((page) => page.items.map((row) => row.id))
const due = (id: string, minute: number, more = {}) =>
  rowWith({ id, promised_at: `2026-11-23T10:${String(minute).padStart(2, '0')}:00Z`, ...more })

describe('where a row belongs', () => {
  test('a closed one belongs to the closed view alone', () => {
    const row = rowWith({ state: 'closed' })
    expect(belongs(row, OPEN, 'me')).toBe(false)
    expect(belongs(row, { ...OPEN, view: 'closed' }, 'me')).toBe(true)
  })

  test('mine are those assigned to me and not closed', () => {
    const mine: QueueFilter = { ...OPEN, view: 'mine' }
    expect(belongs(rowWith({ state: 'assigned', assigned_to: { id: 'me', name: 'M' } }), mine, 'me')).toBe(true)
    expect(belongs(rowWith({ state: 'assigned', assigned_to: { id: 'you', name: 'Y' } }), mine, 'me')).toBe(false)
    expect(belongs(rowWith({ state: 'waiting' }), mine, 'me')).toBe(false)
  })

  test('an offered one still waits', () => {
    expect(belongs(rowWith({ state: 'offered' }), { ...OPEN, view: 'waiting' }, 'me')).toBe(true)
  })

  test('team and channel narrow every view', () => {
    const row = rowWith({ channel: 'email', team: { id: 't1', name: 'One' } })
    expect(belongs(row, { ...OPEN, channel: 'web_chat' }, 'me')).toBe(false)
    expect(belongs(row, { ...OPEN, team: 't1' }, 'me')).toBe(true)
    expect(belongs(row, { ...OPEN, team: 't2' }, 'me')).toBe(false)
  })
})

describe('working a changed row into the pages', () => {
  test('a new one takes its place by promise', () => {
    const pages = [{ items: [due('a', 1), due('c', 3)], next: null }]
    expect(ids(patchPages(pages, due('b', 2), OPEN, 'me'))).toEqual([['a', 'b', 'c']])
  })

  test('a higher priority comes before a nearer promise', () => {
    const pages = [{ items: [due('a', 1)], next: null }]
    expect(ids(patchPages(pages, due('urgent', 9, { priority: 1 }), OPEN, 'me'))).toEqual([['urgent', 'a']])
  })

  test('without a promise it goes to the end', () => {
    const pages = [{ items: [due('a', 1)], next: null }]
    expect(ids(patchPages(pages, rowWith({ id: 'later', promised_at: null }), OPEN, 'me'))).toEqual([['a', 'later']])
  })

  test('one behind the last loaded row waits for its page', () => {
    const pages = [{ items: [due('a', 1)], next: 'cursor' }]
    expect(ids(patchPages(pages, due('z', 30), OPEN, 'me'))).toEqual([['a']])
  })

  test('it moves across pages and is never there twice', () => {
    const pages = [
      { items: [due('a', 1), due('b', 2)], next: 'x' },
      { items: [due('c', 3), due('d', 4)], next: null },
    ]
    expect(ids(patchPages(pages, due('d', 0, { version: 2 }), OPEN, 'me'))).toEqual([['d', 'a', 'b'], ['c']])
  })

  test('it leaves the view it does not belong to any more', () => {
    const pages = [{ items: [due('a', 1)], next: null }]
    expect(ids(patchPages(pages, due('a', 1, { state: 'closed', version: 2 }), OPEN, 'me'))).toEqual([[]])
  })

  test('an older version changes nothing', () => {
    const pages = [{ items: [due('a', 1, { version: 5 })], next: null }]
    expect(patchPages(pages, due('a', 1, { version: 4, state: 'closed' }), OPEN, 'me')).toBe(pages)
  })
})

test('of two rows of one version the one with more entries is newer', () => {
  const pages = [{ items: [due('a', 1, { s: 7, unread: 2 })], next: null }]
  expect(patchPages(pages, due('a', 1, { s: 6, unread: 1 }), OPEN, 'me')).toBe(pages)
  expect(patchPages(pages, due('a', 1, { s: 7, unread: 0 }), OPEN, 'me')[0]?.items[0]?.unread).toBe(0)
})

describe('while the pointer rests on the list', () => {
  test('the rows keep their places, get their new content, and new ones are only counted', () => {
    const held = heldRows([due('a', 1), due('b', 2)], [due('new', 0), due('b', 2, { unread: 3 }), due('a', 1)])
    expect(held.rows.map((row) => row.id)).toEqual(['a', 'b'])
    expect(held.rows[1]?.unread).toBe(3)
    expect(held.fresh).toBe(1)
  })

  test('the next page goes on behind the last row', () => {
    const held = heldRows([due('a', 1)], [due('new', 0), due('a', 1), due('b', 2), due('c', 3)])
    expect(held.rows.map((row) => row.id)).toEqual(['a', 'b', 'c'])
    expect(held.fresh).toBe(1)
  })

  test('a row that has left is marked and stays where it was', () => {
    const held = heldRows([due('a', 1), due('b', 2)], [due('b', 2)])
    expect(held.rows.map((row) => row.id)).toEqual(['a', 'b'])
    expect([...held.gone]).toEqual(['a'])
  })
})

describe('the open row', () => {
  const rows = ['1', '2', '3'].map((id) => rowWith({ id }))
  const ids = (all: Row[]) => all.map((row) => row.id)

  test('keeps its place when an answer moves it', () => {
    const moved = [rows[1], rows[2], rowWith({ id: '1', version: 2 })] as Row[]
    const pinned = pinnedRows(moved, rowWith({ id: '1', version: 2 }), 0)
    expect(ids(pinned)).toEqual(['1', '2', '3'])
    expect(pinned[0]?.version).toBe(2)
  })

  test('stays when it does not belong into the view any more', () => {
    expect(ids(pinnedRows([rows[0], rows[2]] as Row[], rowWith({ id: '2', state: 'closed' }), 1))).toEqual([
      '1',
      '2',
      '3',
    ])
  })

  test('is not put into a list in which it never was', () => {
    expect(pinnedRows(rows, rowWith({ id: '9' }), -1)).toBe(rows)
    expect(pinnedRows(rows, null, 0)).toBe(rows)
  })
})
