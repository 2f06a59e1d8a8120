import { defineConfig } from 'vite'
import { budget } from './vite.budget.ts'

/** The screen "call me back" of the widget, loaded by whoever goes there; beside the panel, which is built before. */
export default defineConfig({
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { 'process.env.NODE_ENV': '"production"', CALLBACK_PATH: '""' },
  plugins: [budget(9_000)],
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    outDir: 'dist/widget',
    emptyOutDir: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: 'widget/callback/view.tsx',
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: 'callback.js' },
    },
  },
})
