import { readdirSync, readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

const STYLES = new URL('widget/styles/', import.meta.url)

/** The design values serve every screen: the widget pays for those alone that its styles name, and has no :root. */
export function ownTokens(): Plugin {
  const styles = readdirSync(STYLES).map((file) => readFileSync(new URL(file, STYLES), 'utf8'))
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
