/** What of the page is shown, masked or blocked: by the attribute data-cobrowse and by the rules of the site. */
import type { Rules } from '../../shared/cobrowse/wire'

export type Mode = 'show' | 'mask' | 'block'

/** The stricter one wins where an element has several. */
const STRICTEST_FIRST = ['block', 'mask', 'show'] as const

export interface Modes {
  /** The mode that the element itself asks for; without one it has that of its parent. */
  own(element: Element): Mode | null
  /** The elements within that ask for a mode. */
  within(root: ParentNode): Map<Element, Mode>
  /** What asks for this mode, as a selector; '' when nothing can. */
  selector(mode: Mode): string
}

/** Of rules that cannot be read nothing may be shown: it is not known what they were to hide. */
export function createModes(rules: Rules): Modes {
  const isBroken = [...rules.block, ...rules.mask].some((rule) => !isSelector(rule))
  const ofPage = (mode: Mode): string => `[data-cobrowse=${mode}]`
  // Each by itself: an unclosed bracket in one must not swallow the next.
  const selectors: Record<Mode, string[]> = {
    block: [...rules.block.filter(isSelector), ofPage('block')],
    mask: [...rules.mask.filter(isSelector), ofPage('mask')],
    show: isBroken ? [] : [...rules.show.filter(isSelector), ...(rules.deny ? [] : [ofPage('show')])],
  }
  return {
    own: (element) =>
      STRICTEST_FIRST.find((mode) => selectors[mode].some((selector) => element.matches(selector))) ?? null,
    within(root) {
      const found = new Map<Element, Mode>()
      for (const mode of STRICTEST_FIRST.toReversed())
        for (const selector of selectors[mode])
          for (const element of root.querySelectorAll(selector)) found.set(element, mode)
      return found
    },
    selector: (mode) => selectors[mode].join(),
  }
}

function isSelector(text: string): boolean {
  try {
    return text.trim() !== '' && document.createDocumentFragment().querySelector(text) === null
  } catch {
    return false
  }
}
