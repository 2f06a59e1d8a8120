/** The style sheets of the page, filtered and in parts that fit into a frame. */
import { type Alias, filterRules, inParts } from '../../shared/cobrowse/css'

/** Pages with more than this are shown without the rest of their styles. */
const LARGEST = 1_500_000

/** Null where the browser does not let us read: a sheet of another origin, or one that is not loaded yet. */
function rulesOf(sheet: CSSStyleSheet): CSSRuleList | null {
  try {
    return sheet.cssRules
  } catch {
    return null
  }
}

/** A sheet as it stands now, with what was inserted by script; no parts when it is switched off. */
export function sheetParts(sheet: CSSStyleSheet | null | undefined, alias: Alias): string[] {
  const rules = sheet && !sheet.disabled ? rulesOf(sheet) : null
  if (!rules) return []
  const found: string[] = []
  let size = 0
  for (const rule of rules) {
    const text = rule.cssText
    size += text.length
    if (size > LARGEST) break
    found.push(...filterRules(text, alias))
  }
  const media = sheet?.media.mediaText
  if (!media || media === 'all') return inParts(found)
  // The head of the group goes through the filter like everything else.
  return inParts(inParts(found, 16_000 - media.length).flatMap((part) => filterRules(`@media ${media}{${part}}`)))
}
