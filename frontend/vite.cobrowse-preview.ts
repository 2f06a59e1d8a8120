import { defineConfig } from 'vite'
import { budget } from './vite.budget.ts'

/**
 * Where an administrator tries the rules of a site: the pass of the customer's page and the rebuild of the agent's view
 * in one file. No module, since a document in a sandbox has no origin that could ask for one.
 */
export default defineConfig({
  publicDir: false,
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [budget(110_000)],
  build: {
    target: 'es2023',
    outDir: 'dist/cobrowse-preview',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: 'cobrowse-preview/main.ts',
      output: { entryFileNames: 'preview.js', format: 'iife' },
    },
  },
})
