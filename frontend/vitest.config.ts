import { defineConfig } from 'vitest/config'

const jsx = (importSource: string) => ({ jsx: { runtime: 'automatic' as const, importSource } })

export default defineConfig({
  test: {
    projects: [
      {
        oxc: jsx('preact'),
        test: {
          name: 'widget',
          environment: 'jsdom',
          include: ['{shared,widget,cobrowse-view,portal}/**/*.test.{ts,tsx}', 'build.test.ts'],
        },
      },
      { oxc: jsx('react'), test: { name: 'console', environment: 'jsdom', include: ['console/**/*.test.{ts,tsx}'] } },
    ],
  },
})
