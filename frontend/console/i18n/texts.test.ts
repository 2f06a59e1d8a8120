import { expect, test } from 'vitest'
import { de } from './de'
import { en } from './en'

const SOURCES = import.meta.glob('../**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true }) as Record<
  string,
  string
>
const isText = (path: string) => path.startsWith('./') || path.includes('.test.')
const code = Object.entries(SOURCES)
  .filter(([path]) => !isText(path))
  .map(([, source]) => source)
  .join('\n')
const slots = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

test('each key is given by one file of a language: the last one would win unseen', () => {
  const given = Object.entries(import.meta.glob('./{en,de}/*.ts', { query: '?raw', import: 'default', eager: true }))
    .filter(([path]) => !path.endsWith('/index.ts'))
    .flatMap(([path, text]) =>
      [...String(text).matchAll(/^ {2}'([\w.]+)':/gm)].map(([, key]) => `${path.split('/')[1]} ${key}`),
    )
  expect(given.length).toBe(2 * Object.keys(en).length)
  expect(given.filter((key, place) => given.indexOf(key) !== place)).toEqual([])
})

test('both languages have the same keys', () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort())
})

test('both languages fill in the same values', () => {
  const different = Object.keys(en).filter(
    (key) => String(slots(en[key as keyof typeof en])) !== String(slots(de[key as keyof typeof de])),
  )
  expect(different).toEqual([])
})

test('a plural in one language is a plural in the other', () => {
  const forms = (text: string) => text.split('|').length
  expect(
    Object.keys(en).filter((key) => forms(en[key as keyof typeof en]) !== forms(de[key as keyof typeof de])),
  ).toEqual([])
})

test('no text is left over that nothing shows', () => {
  expect(Object.keys(en).filter((key) => !code.includes(`'${key}'`))).toEqual([])
})

test('no text is empty', () => {
  expect(Object.entries({ ...en, ...de }).filter(([, text]) => text.trim() === '')).toEqual([])
})
