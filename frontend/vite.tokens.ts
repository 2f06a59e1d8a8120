import { readdirSync, readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/** The design values serve every screen: the widget pays for those alone that its styles name, and has no :root. */
export function ownTokens(folder: string): Plugin {
  const place = new URL(folder, import.meta.url)
  const files = readdirSync(place).filter((file) => file.endsWith('.css'))
  const styles = files.map((file) => readFileSync(new URL(file, place), 'utf8'))
  const isUsed = (name: string): boolean => styles.some((style) => style.includes(`var(${name}`))
  return {
    name: 'own-tokens',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('/styles/tokens.css')) return
      const kept = code
        .replace(/:root[^,{]*,\s*/g, '')
        .replace(/^\s*(--[\w-]+):.*;$/gm, (line, name: string) => (isUsed(name) ? line : ''))
      return { code: kept, map: null }
    },
  }
}
