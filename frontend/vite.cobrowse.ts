import { defineConfig } from 'vite'
import { budget } from './vite.budget.ts'
import { ownTokens } from './vite.tokens.ts'

/** Co-browsing, loaded when somebody asks to see a page; beside the panel, which is built before. */
export default defineConfig({
  publicDir: false,
  plugins: [ownTokens('widget/cobrowse/ui/'), budget(32_000)],
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    outDir: 'dist/widget',
    emptyOutDir: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: 'widget/cobrowse/main.ts',
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: 'cobrowse.js' },
    },
  },
})
