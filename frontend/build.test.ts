import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'
import { beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('.', import.meta.url))

async function built(configFile: string): Promise<string> {
  const result = (await build({
    root,
    configFile: `${root}${configFile}`,
    logLevel: 'silent',
    build: { write: false },
  })) as Rolldown.RolldownOutput | Rolldown.RolldownOutput[]
  const [output] = [result].flat()
  const [chunk] = output?.output ?? []
  return chunk?.code ?? ''
}

let launcher = ''
let panel = ''
let cobrowse = ''

beforeAll(async () => {
  process.env.NODE_ENV = 'production'
  panel = await built('vite.panel.ts')
  cobrowse = await built('vite.cobrowse.ts')
  for (const name of ['panel', 'callback', 'cobrowse']) {
    await build({ root, configFile: `${root}vite.${name}.ts`, logLevel: 'silent' })
  }
  launcher = await built('vite.widget.ts')
}, 60_000)

test('the script of the host page is one function call and so leaves no global name', () => {
  expect(launcher.trim()).toMatch(/^\(function\(\)\s*\{[\s\S]*\}\)\(\);?$/)
  expect(() => new Function('document', launcher)({ currentScript: null })).not.toThrow()
})

test('no file compiles text, which strict host pages forbid', () => {
  for (const code of [launcher, panel, cobrowse]) expect(code).not.toMatch(/\beval\(|new Function/)
})

test('the panel and what it may need besides are asked for at the centre that served the script', () => {
  for (const name of ['panel', 'callback', 'cobrowse']) {
    expect(launcher).toMatch(new RegExp(`/static/widget/${name}\\.js\\?v=[0-9a-f]{8}`))
  }
})

test('the panel brings every design value that it names, and no other', () => {
  const names = (pattern: RegExp) => [...new Set([...panel.matchAll(pattern)].map(([, name]) => name))].sort()
  const setByScript = /^--(on-)?brand$|^--view-/
  const brought = names(/[{;](--[\w-]+):/g).filter((name) => !setByScript.test(name ?? ''))
  expect(names(/var\((--[\w-]+)/g).filter((name) => !setByScript.test(name ?? ''))).toEqual(brought)
})
