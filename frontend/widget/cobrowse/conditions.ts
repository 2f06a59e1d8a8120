/**
 * Attributes are not sent, but sheets ask for them: `[data-theme=dark]`, `[aria-expanded=true]`, the marks of scoped
 * styles; and elements of the page's own go by another name. Each such condition becomes a class without a meaning, in
 * the sheet and on the elements that fulfil it.
 */

export interface Conditions {
  /** The class in the place of an attribute selector or the name of an element; null for one that may not be asked. */
  alias(selector: string): string | null
  /** The classes of this element. */
  of(element: Element): string[]
  /** The conditions that have come since this was last asked. */
  takeNew(): string[]
}

/** Whether these have some value or other is nobody's business. */
const PRIVATE = new Set('value href src srcset action title alt placeholder content name for'.split(' '))
const MOST = 5000

export function createConditions(): Conditions {
  const known = new Map<string, string | null>()
  const byName = new Map<string, { selector: string; token: string }[]>()
  let fresh: string[] = []

  function learn(selector: string): string | null {
    const name = selector.startsWith('[') ? /^\[\s*([\w-]+)/.exec(selector)?.[1]?.toLowerCase() : `<${selector}`
    if (!name || PRIVATE.has(name) || known.size >= MOST || !isSelector(selector)) return null
    const token = `_${letters(known.size)}`
    byName.set(name, [...(byName.get(name) ?? []), { selector, token }])
    fresh.push(selector)
    return token
  }

  return {
    alias(selector) {
      const token = known.get(selector)
      if (token !== undefined) return token
      const learnt = learn(selector)
      known.set(selector, learnt)
      return learnt
    },
    of(element) {
      if (!byName.size) return []
      const names = [`<${element.localName}`, ...Array.from(element.attributes, ({ name }) => name)]
      const asked = names.flatMap((name) => byName.get(name) ?? [])
      return asked.filter(({ selector }) => element.matches(selector)).map(({ token }) => token)
    },
    takeNew() {
      const taken = fresh
      fresh = []
      return taken
    },
  }
}

/** In letters alone, as numbers might be those of a customer. */
const letters = (number: number): string =>
  number.toString(26).replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)))

function isSelector(text: string): boolean {
  try {
    document.documentElement.matches(text)
    return true
  } catch {
    return false
  }
}
