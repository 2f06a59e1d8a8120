import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { defineConfig } from 'vite'
import { budget } from './vite.budget.ts'

/** The first load of a host page: the launcher. It asks for the very files that were built before. */
function pathOf(name: string): string {
  const file = readFileSync(new URL(`dist/widget/${name}`, import.meta.url))
  return JSON.stringify(`/static/widget/${name}?v=${createHash('sha256').update(file).digest('hex').slice(0, 8)}`)
}

export default defineConfig({
  publicDir: false,
  define: {
    PANEL_PATH: pathOf('panel.js'),
    CALLBACK_PATH: pathOf('callback.js'),
    COBROWSE_PATH: pathOf('cobrowse.js'),
  },
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
