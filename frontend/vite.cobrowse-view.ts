import { defineConfig } from 'vite'
import { budget } from './vite.budget.ts'

/**
 * The agent's view of a customer's page: a document of its own under a policy that lets nothing else be loaded, so it
 * is one file with its styles in it.
 */
export default defineConfig({
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [budget(95_000)],
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    outDir: 'dist/cobrowse',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: 'cobrowse-view/main.tsx',
      output: { entryFileNames: 'view.js' },
    },
  },
})
