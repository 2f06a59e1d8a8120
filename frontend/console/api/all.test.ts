import { afterEach, expect, test, vi } from 'vitest'
import { api } from './client'

afterEach(() => vi.unstubAllGlobals())

/** A server whose list has these pages; its cursors are their numbers. */
function serverWith(pages: number[][]): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    const cursor = Number(new URL(path, 'http://center').searchParams.get('cursor') ?? 0)
    const next = cursor + 1 < pages.length ? String(cursor + 1) : null
    return new Response(JSON.stringify({ items: pages[cursor], next }))
  })
  return asked
}

test('all pages of a list are read, in order, and none twice', async () => {
  const asked = serverWith([[1, 2], [3], [4, 5]])
  expect(await api.all<number>('/api/teams')).toEqual([1, 2, 3, 4, 5])
  expect(asked).toHaveLength(3)
})

test('a list of one page costs one request', async () => {
  const asked = serverWith([[]])
  expect(await api.all<number>('/api/teams')).toEqual([])
  expect(asked).toHaveLength(1)
})

test('a list without pages is asked for once', async () => {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    return new Response(JSON.stringify({ items: [1, 2] }))
  })
  expect(await api.all<number>('/api/kb/categories')).toEqual([1, 2])
  expect(asked).toHaveLength(1)
})
