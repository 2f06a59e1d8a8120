import { defineConfig } from 'vite'

/** Assets carry a hash in their name; the page finds them through dist/console/manifest.json. */
export default defineConfig({
  base: '/static/console/',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    outDir: 'dist/console',
    emptyOutDir: true,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: 'console/main.tsx' },
  },
})
