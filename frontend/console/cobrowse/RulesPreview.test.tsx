import { afterEach, expect, test, vi } from 'vitest'
import { serverWith, show } from '../testing/page'
import { RulesPreview } from './RulesPreview'

afterEach(() => vi.unstubAllGlobals())

test('the page stands in a sandbox without an origin, and nothing is asked of the server', async () => {
  const asked = serverWith({})
  await show(<RulesPreview values={{ show: ['main'], mask: [], block: [], deny: false }} />)
  const [page, agents] = document.querySelectorAll('iframe')
  expect(page?.getAttribute('sandbox')).toBe('allow-scripts')
  expect(agents?.getAttribute('src')).toBe('/console/cobrowse-preview/agents/')
  expect(asked).toEqual([])
})

test('a line that is no selector is said to hide everything', async () => {
  serverWith({})
  await show(<RulesPreview values={{ show: [], mask: ['div['], block: [], deny: false }} />)
  expect(document.querySelector('[role=status]')?.textContent).toContain('would show nothing')
})
