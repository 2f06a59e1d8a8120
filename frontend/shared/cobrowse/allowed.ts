/**
 * The one list of what may be mirrored (channels_app/cobrowse/allowed.json), read at both ends: the customer's page
 * sends nothing else, and the agent's view builds nothing else. The server holds frames against the same file.
 */
import list from '../../../channels_app/cobrowse/allowed.json'
import { CSS_LIMIT, filterDeclarations, filterSheet } from './css'
import { hideNumbers } from './text'
import { type Attributes, IS_SVG, type Label, type Op } from './wire'

export const ELEMENT_LIMIT = list.limits.elements
/** As deep as browsers nest what they read themselves; some thousands more and they crash. */
export const DEPTH_LIMIT = list.limits.depth
const STRING_LIMIT = list.limits.string

const tags = new Set(list.tags)
const svgTags = new Set(list.svgTags)
const attributes = new Set(list.attributes['*'])
const svgAttributes = new Set(list.attributes.svg)
const labels = new Set(list.labels)
const values = new Map(Object.entries(list.values).map(([name, pattern]) => [name, new RegExp(pattern)]))
const name = new RegExp(list.name)
const neverNames = new RegExp(list.neverNames, 'i')
const neverAutocomplete = new RegExp(list.neverAutocomplete, 'i')
const neverTypes = new Set(list.neverTypes)

export const isAllowedTag = (tag: string, isSvg: boolean): boolean => (isSvg ? svgTags : tags).has(tag)

export const cut = (text: string, limit = STRING_LIMIT): string => (text.length > limit ? text.slice(0, limit) : text)

/** The value that may be sent of an attribute, null for none. What is masked has to be masked before. */
export function allowedAttribute(attribute: string, value: string, isSvg: boolean): string | null {
  if (!attributes.has(attribute) && !(isSvg && svgAttributes.has(attribute))) return null
  if (attribute === 'class' || attribute === 'id') return names(value) || null
  if (attribute === 'style') return cut(filterDeclarations(value)) || null
  const pattern = values.get(attribute)
  if (pattern && !pattern.test(value)) return null
  // An address has no business in any other attribute.
  return /url\(|\/\//i.test(value) && attribute !== 'clip-path' && !pattern && !isText(attribute) ? null : cut(value)
}

const isText = (attribute: string): boolean => attribute === 'value' || attribute === 'placeholder'

/** Of class and id, the tokens that are names: no numbers of customers or orders. */
const names = (value: string): string =>
  cut(
    value
      .split(/\s+/)
      .filter((token) => name.test(token))
      .join(' '),
  )

/** Fields of which nothing is ever sent: passwords, hidden fields, files, cards, one-time codes. */
export function isNeverField(field: { type: string; autocomplete: string; names: readonly string[] }): boolean {
  return (
    neverTypes.has(field.type.toLowerCase()) ||
    field.autocomplete.split(/\s+/).some((token) => neverAutocomplete.test(token)) ||
    field.names.some((each) => neverNames.test(each))
  )
}

// ---------------------------------------------------------------- checking what came over the wire

const isId = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32
const isSize = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) < 10_000_000
/** More than any screen has is no window. */
const windowSize = (value: number): number => Math.max(1, Math.min(value, 16_384))
const isText8k = (value: unknown): value is string => typeof value === 'string' && value.length <= STRING_LIMIT
const isCss = (value: unknown): value is string => typeof value === 'string' && value.length <= CSS_LIMIT
const isFlags = (value: unknown): value is number => isId(value) && value < 16

/** The change as far as it is allowed, null for none: addresses, words in sheets and numbers of cards are taken out again. */
export function allowedOp(op: unknown): Op | null {
  if (!Array.isArray(op)) return null
  const [kind, ...rest] = op as [unknown, ...unknown[]]
  const [a, b, c, d, e, f, g] = rest
  if (kind === 'w') return isSize(a) && isSize(b) ? ['w', windowSize(a), windowSize(b)] : null
  if (kind === 'p') return typeof a === 'string' && /^[\w/.-]{0,200}$/.test(a) ? ['p', a] : null
  if (!isId(a)) return null
  switch (kind) {
    case '-':
      return ['-', a]
    case 'k':
      return b === 0 || b === 1 ? ['k', a, b] : null
    case 'l':
      return Number.isInteger(b) ? ['l', a, b as number] : null
    case 's':
      return isSize(b) && isSize(c) ? ['s', a, b, c] : null
    case 'v':
      return isText8k(b) ? ['v', a, hideNumbers(b)] : null
    case '=':
      return isCss(b) ? ['=', a, b] : null
    case '@':
      return isRecord(b) ? ['@', a, changed(b)] : null
  }
  if (!isId(b) || !isId(c)) return null
  if (kind === 't') return isText8k(d) && isFlags(e) ? ['t', a, b, c, hideNumbers(d), e] : null
  if (kind === 'y') return isCss(d) && isFlags(e) ? ['y', a, b, c, filterSheet(d), e] : null
  if (kind === 'b')
    return isSize(d) && isSize(e) && labels.has(f as string) && isFlags(g) ? ['b', a, b, c, d, e, f as Label, g] : null
  return kind === '+' && typeof d === 'string' && isRecord(e) && isFlags(f) ? added(a, b, c, d, e, f) : null
}

function added(id: number, parent: number, next: number, tag: string, given: object, flags: number): Op | null {
  const isSvg = (flags & IS_SVG) !== 0
  if (!isAllowedTag(tag, isSvg)) return null
  const kept: Attributes = {}
  for (const [name, value] of Object.entries(given)) {
    const allowed = typeof value === 'string' ? allowedAttribute(name, value, isSvg) : null
    if (allowed !== null) kept[name] = isText(name) ? hideNumbers(allowed) : allowed
  }
  return ['+', id, parent, next, tag, kept, flags]
}

/** Of a later change it is not known on which kind of element it is; both lists are harmless on either. */
function changed(given: object): Record<string, string | null> {
  const kept: Record<string, string | null> = {}
  for (const [name, value] of Object.entries(given)) {
    if (!attributes.has(name) && !svgAttributes.has(name)) continue
    kept[name] =
      typeof value === 'string' ? allowedAttribute(name, isText(name) ? hideNumbers(value) : value, true) : null
  }
  return kept
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
