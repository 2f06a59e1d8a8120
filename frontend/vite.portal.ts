import { defineConfig } from 'vite'
import { budget } from './vite.budget.ts'

/** What makes the help pages quicker: htmx and a few lines. The pages work without it. */
export default defineConfig({
  publicDir: false,
  plugins: [budget(16_000)],
  build: {
    target: 'es2023',
    outDir: 'dist/portal',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: 'portal/main.ts', output: { entryFileNames: 'live.js' } },
  },
})
