import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { defineConfig } from 'vite'
import { budget } from './vite.budget.ts'

/** The first load of a host page: the launcher. It asks for the very panel that vite.panel.ts built before. */
const panel = readFileSync(new URL('dist/widget/panel.js', import.meta.url))
const version = createHash('sha256').update(panel).digest('hex').slice(0, 8)

export default defineConfig({
  publicDir: false,
  define: { PANEL_PATH: JSON.stringify(`/static/widget/panel.js?v=${version}`) },
  plugins: [budget(15_000)],
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    outDir: 'dist',
    emptyOutDir: false,
    reportCompressedSize: false,
    // Vite wants a name; without an export the file defines no global.
    lib: { entry: 'widget/main.ts', formats: ['iife'], name: 'unused', fileName: () => 'widget.js' },
  },
})
