import { defineConfig } from 'vitest/config'

const jsx = (importSource: string) => ({ jsx: { runtime: 'automatic' as const, importSource } })

/** Its files share one page and its modules: a page and the libraries for each would cost more than all that is tested. */
const page = { environment: 'jsdom', isolate: false, pool: 'threads' as const }

export default defineConfig({
  test: {
    projects: [
      {
        oxc: jsx('preact'),
        test: {
          ...page,
          name: 'widget',
          include: ['{shared,widget,cobrowse-view,cobrowse-preview,portal}/**/*.test.{ts,tsx}'],
          setupFiles: ['shared/testing-setup.ts'],
        },
      },
      {
        oxc: jsx('react'),
        test: {
          ...page,
          name: 'console',
          include: ['console/**/*.test.{ts,tsx}'],
          setupFiles: ['shared/testing-setup.ts', 'console/testing/setup.ts'],
        },
      },
      { test: { name: 'build', include: ['build.test.ts'] } },
    ],
  },
})
