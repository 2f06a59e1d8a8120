/** One node of the page as the agent may know it. What is not named here does not leave the page. */
import { allowedAttribute, cut, isAllowedTag } from '../../shared/cobrowse/allowed'
import { bullets, hideNumbers } from '../../shared/cobrowse/text'
import type { Attributes, Label } from '../../shared/cobrowse/wire'
import type { Conditions } from './conditions'
import { fieldAttributes, isField } from './fields'
import type { Mode } from './modes'

const SVG = 'http://www.w3.org/2000/svg'
const XHTML = 'http://www.w3.org/1999/xhtml'

/** Nothing of these is seen on the page, or nothing that may be sent. */
const ABSENT = new Set(
  'script noscript template meta title base param source track area map datalist interaction-center'.split(' '),
)
const BOXES: Record<string, Label> = {
  iframe: 'frame',
  frame: 'frame',
  frameset: 'frame',
  object: 'frame',
  embed: 'frame',
  canvas: 'canvas',
  video: 'video',
  audio: 'video',
  img: 'image',
  picture: 'image',
}
/** Elements between whose children white space is not seen. */
const NO_SPACES = /^(html|head|table|thead|tbody|tfoot|tr|colgroup|ul|ol|dl|select|optgroup)$/

export type Kind =
  | { kind: 'element'; tag: string; isSvg: boolean }
  | { kind: 'box'; label: Label }
  | { kind: 'text' | 'sheet' }

/** Null: it is left out, with all that is in it. */
export function kindOf(node: Node, mode: Mode): Kind | null {
  if (node.nodeType === Node.TEXT_NODE) return isSeenText(node) ? { kind: 'text' } : null
  return node instanceof Element ? elementKind(node, mode) : null
}

function elementKind(element: Element, mode: Mode): Kind | null {
  const tag = element.localName
  if (tag === 'style' || (tag === 'link' && (element as HTMLLinkElement).relList?.contains('stylesheet')))
    return { kind: 'sheet' }
  if (ABSENT.has(tag) || tag === 'link' || (element as HTMLInputElement).type === 'hidden') return null
  if (mode === 'block') return { kind: 'box', label: 'blocked' }
  if (element.namespaceURI === SVG) return isAllowedTag(tag, true) ? { kind: 'element', tag, isSvg: true } : null
  const label = BOXES[tag] ?? ((element as HTMLInputElement).type === 'image' ? 'image' : undefined)
  if (label) return { kind: 'box', label }
  if (element.namespaceURI !== XHTML) return null
  // An element of the page's own has no look but that of its style, like a span.
  return { kind: 'element', tag: isAllowedTag(tag, false) ? tag : 'span', isSvg: false }
}

function isSeenText(node: Node): boolean {
  const parent = node.parentElement
  if (parent && /^(textarea|style|script|title)$/.test(parent.localName)) return false
  return !(parent && NO_SPACES.test(parent.localName) && !node.textContent?.trim())
}

export function textOf(node: Node, mode: Mode): string {
  const text = node.textContent ?? ''
  return cut(mode === 'show' ? hideNumbers(text) : bullets(text))
}

/** Attributes that say something about what is in the field or bar; see `fieldAttributes`. */
const TELLING = new Set('value checked selected placeholder type min max step low high optimum href'.split(' '))

/** Whose value says nothing but that they are there. */
const SWITCHES = new Set('hidden inert open disabled readonly reversed multiple'.split(' '))
/** What an element of the page's own may have: the meaning of its other attributes is not known. */
const GENERAL = new Set('class id style dir lang hidden inert slot role'.split(' '))

export function attributesOf(element: Element, isSvg: boolean, mode: Mode, conditions: Conditions): Attributes {
  const found: Attributes = {}
  const isKnown = isAllowedTag(element.localName, isSvg)
  for (const { name, value } of element.attributes) {
    if ((TELLING.has(name) && !(isSvg && name !== 'href')) || !(isKnown || GENERAL.has(name))) continue
    const allowed = allowedAttribute(name, SWITCHES.has(name) ? '' : value, isSvg)
    if (allowed !== null) found[name] = allowed
  }
  const classes = [found.class ?? '', ...conditions.of(element)].filter(Boolean).join(' ')
  if (classes) found.class = cut(classes)
  if (isField(element)) return Object.assign(found, fieldAttributes(element, mode))
  return Object.assign(found, tellingAttributes(element, mode))
}

function tellingAttributes(element: Element, mode: Mode): Attributes {
  const found: Attributes = {}
  const tag = element.localName
  const take = (...names: string[]): void => {
    for (const name of names) {
      const value = element.getAttribute(name)
      const allowed = value === null ? null : allowedAttribute(name, value, false)
      if (allowed !== null) found[name] = allowed
    }
  }
  if (tag === 'a' && element.hasAttribute('href')) found.href = ''
  if (tag === 'button' || tag === 'ol' || tag === 'ul') take('type')
  if (tag === 'li' && /^\d{1,3}$/.test(element.getAttribute('value') ?? '')) take('value')
  if (mode === 'show' && (tag === 'progress' || tag === 'meter')) take('value', 'min', 'max', 'low', 'high', 'optimum')
  return found
}

/** What has changed, null for what is gone; null when nothing has. */
export function difference(before: Attributes, after: Attributes): Record<string, string | null> | null {
  const changed: Record<string, string | null> = {}
  for (const name in after) if (before[name] !== after[name]) changed[name] = after[name] as string
  for (const name in before) if (!(name in after)) changed[name] = null
  return Object.keys(changed).length ? changed : null
}
