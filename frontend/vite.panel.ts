import { defineConfig } from 'vite'
import { budget } from './vite.budget.ts'
import { ownTokens } from './vite.tokens.ts'

/**
 * What the launcher loads when a visitor reaches for it: the whole panel. Its name stays, so that a launcher that a
 * browser kept from before an update still finds one.
 */
export default defineConfig({
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [ownTokens('widget/styles/'), budget(23_000)],
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    outDir: 'dist/widget',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: 'widget/panel.tsx',
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: 'panel.js' },
    },
  },
})
