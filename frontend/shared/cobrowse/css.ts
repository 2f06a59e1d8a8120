/**
 * What of a style sheet may be shown to an agent. The text is read token by token and written anew from those that are
 * known to be harmless: no address is asked for, no word is said. What is not understood is left out.
 */
import { bullets } from './text'

/** A longer sheet goes in several parts (docs/cobrowse-protocol.md). */
export const CSS_LIMIT = 16_384
const DATA_IMAGE_LIMIT = 4096
const DEEPEST = 12

/** strings | url(…) without quotes | function( | words with escapes | numbers and the like | one other character */
const TOKEN =
  /\s+|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|url\(\s*[^"'\s)][^)]*\)|[#@.]?(?:--|-?[a-z_\u0080-\uffff]|-?\\[^\n])(?:[\w\u0080-\uffff-]|\\[^\n])*\(?|[\d.]+(?:e[+-]?\d+)?[a-z%]*|[\s\S]/giy

/** The class that stands for an attribute selector or an element that is not mirrored as it is; null for none. */
export type Alias = (selector: string) => string | null

const NO_ALIAS: Alias = () => null

/** The rules that may pass, each at most `CSS_LIMIT` characters long. */
export function filterRules(css: string, alias: Alias = NO_ALIAS): string[] {
  return rules(tokensOf(css), 0, alias).filter((rule) => rule.length <= CSS_LIMIT)
}

/** The same as one text, for whoever has a part of a sheet in hand. */
export function filterSheet(css: string, alias?: Alias): string {
  return filterRules(css, alias).join('')
}

/** The rules of a sheet in parts of at most `CSS_LIMIT` characters. */
export function inParts(list: readonly string[], limit = CSS_LIMIT): string[] {
  const parts: string[] = []
  for (const rule of list) {
    const last = parts.length - 1
    if (last >= 0 && (parts[last] as string).length + rule.length <= limit) parts[last] += rule
    else parts.push(rule)
  }
  return parts
}

/** A `style` attribute. */
export function filterDeclarations(style: string): string {
  let text = ''
  for (const { prelude, block } of items(tokensOf(style))) if (!block && !hasData(prelude)) text += declaration(prelude)
  return text
}

/** Sheets hold what a designer set; on one element, a long number is somebody's: a balance, a customer, a phone. */
function hasData(tokens: readonly string[]): boolean {
  const isFree = /^(--|counter-)/.test(tokens[0] ?? '')
  return isFree && tokens.some((token, at) => /^\d{4,}(\.\d*)?$/.test(token) && tokens[at - 1] !== '#')
}

function tokensOf(css: string): string[] {
  return (css.match(TOKEN) ?? []).map((token) =>
    token.startsWith('/*') || (token.length > 1 && /^\s/.test(token)) ? ' ' : token,
  )
}

// ---------------------------------------------------------------- rules

interface Item {
  prelude: string[]
  /** null: it ended with a semicolon */
  block: string[] | null
}

/** Cuts a block into what ends with a semicolon and what has a block of its own. */
function* items(tokens: readonly string[]): Generator<Item> {
  let prelude: string[] = []
  let depth = 0
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string
    if (opens(token)) depth++
    else if ((token === ')' || token === ']') && depth) depth--
    if (depth === 0 && token === ';') {
      yield { prelude: trimmed(prelude), block: null }
      prelude = []
    } else if (depth === 0 && token === '{') {
      const end = closing(tokens, at)
      yield { prelude: trimmed(prelude), block: tokens.slice(at + 1, end) }
      prelude = []
      at = end
    } else prelude.push(token)
  }
  yield { prelude: trimmed(prelude), block: null }
}

const opens = (token: string): boolean => token === '[' || (token.endsWith('(') && !isString(token))
const isString = (token: string): boolean => token.startsWith('"') || token.startsWith("'")

function closing(tokens: readonly string[], from: number): number {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    if (tokens[at] === '{') depth++
    else if (tokens[at] === '}' && --depth === 0) return at
  }
  return tokens.length
}

function trimmed(tokens: string[]): string[] {
  let from = 0
  let to = tokens.length
  while (from < to && tokens[from]?.trim() === '') from++
  while (to > from && tokens[to - 1]?.trim() === '') to--
  return tokens.slice(from, to)
}

function rules(tokens: readonly string[], depth: number, alias: Alias): string[] {
  const found: string[] = []
  for (const { prelude, block } of items(tokens)) {
    if (prelude[0]?.startsWith('@')) found.push(...atRule(prelude, block, depth, alias, false))
    else if (block) found.push(...styleRule(prelude, block, depth, alias))
  }
  return found
}

function styleRule(prelude: readonly string[], block: readonly string[], depth: number, alias: Alias): string[] {
  const selector = selectors(prelude, alias)
  const content = selector && depth < DEEPEST ? body(block, depth + 1, alias) : ''
  return content ? [`${selector}{${content}}`] : []
}

const GROUPS = new Set(['@media', '@supports', '@layer', '@container', '@starting-style', '@scope'])
const KEYFRAMES = /^@(-webkit-)?keyframes$/

/** `inside`: within a style rule, where a group holds declarations. */
function atRule(prelude: string[], block: string[] | null, depth: number, alias: Alias, inside: boolean): string[] {
  const name = (prelude[0] as string).toLowerCase()
  const head = prelude.join('')
  if (!isPlain(prelude.slice(1)) || depth >= DEEPEST) return []
  if (!block) return name === '@layer' ? [`${head};`] : []
  if (name === '@property') return wrapped(head, [body(block, DEEPEST, alias)])
  if (KEYFRAMES.test(name)) return wrapped(head, [rules(block, DEEPEST - 1, alias).join('')])
  if (!GROUPS.has(name)) return []
  if (inside) return wrapped(head, [body(block, depth + 1, alias)])
  return wrapped(head, inParts(rules(block, depth + 1, alias), CSS_LIMIT - head.length - 2))
}

const wrapped = (head: string, contents: readonly string[]): string[] =>
  contents.filter(Boolean).map((content) => `${head}{${content}}`)

/** No strings, no addresses, no escapes: nothing that says or asks for something. */
function isPlain(tokens: readonly string[]): boolean {
  return tokens.every((token) => !isString(token) && !isStray(token) && !token.includes('\\') && !asks(token))
}

const isStray = (token: string): boolean => /^["'\\<{}]$/.test(token)
const asks = (token: string): boolean => /^(-[a-z]+-)?(url|src|image|image-set|element|expression|paint)\(/i.test(token)

// ---------------------------------------------------------------- selectors

/** Attributes that the mirror has too. The others never match there: a selector that asks for one has an alias, or goes. */
const ATTRIBUTES = new Set(
  'type hidden disabled open dir readonly multiple checked lang role inert class size align colspan rowspan start href'.split(
    ' ',
  ),
)
function selectors(tokens: readonly string[], alias: Alias): string {
  const list: string[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (opens(token) || token === '(') depth++
    else if (token === ')' || token === ']') depth--
    if (token === ',' && depth === 0) list.push([])
    else (list[list.length - 1] as string[]).push(token)
  }
  return list
    .map((each) => selectorOf(trimmed(each), alias))
    .filter(Boolean)
    .join()
}

function selectorOf(tokens: readonly string[], alias: Alias): string {
  let text = ''
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string
    if (token === '[') {
      const end = tokens.indexOf(']', at)
      const inner = tokens.slice(at + 1, end < 0 ? tokens.length : end).join('')
      const attribute = attributeOf(inner) ?? aliased(`[${inner}]`, alias)
      if (end < 0 || attribute === null) return ''
      text += attribute
      at = end
    } else if (isOwnElement(token, tokens[at - 1])) {
      const element = aliased(token, alias)
      if (element === null) return ''
      text += element
    } else if (isString(token) || isStray(token) || /[;@]/.test(token) || /\d{4}/.test(token)) return ''
    else text += token
  }
  return /(^|[\s>+~(,])$/.test(text) ? '' : text
}

/** An element of the page's own is mirrored by another name: `my-card` in a selector, but not `:first-child`. */
const isOwnElement = (token: string, before: string | undefined): boolean =>
  /^[a-z]\w*-[\w-]*$/.test(token) && before !== ':' && before !== 'lang('

function aliased(condition: string, alias: Alias): string | null {
  const token = alias(condition)
  return token === null ? null : `.${token}`
}

function attributeOf(inner: string): string | null {
  const [, name = '', operator = '', quoted = '', word = ''] =
    /^\s*([\w-]+)\s*(?:([~|^$*]?=)\s*(?:["']([A-Za-z_ -]{0,40})["']|([A-Za-z_-]{1,40}))\s*(?:[isIS]\s*)?)?$/.exec(
      inner,
    ) ?? []
  if (!ATTRIBUTES.has(name.toLowerCase())) return null
  if (!operator) return `[${name}]`
  return name.toLowerCase() === 'href' ? null : `[${name}${operator}"${quoted || word}"]`
}

// ---------------------------------------------------------------- declarations

function body(tokens: readonly string[], depth: number, alias: Alias): string {
  let text = ''
  for (const { prelude, block } of items(tokens)) {
    if (!block) text += declaration(prelude)
    else if (depth >= DEEPEST) continue
    else if (prelude[0]?.startsWith('@')) text += atRule(prelude, block, depth, alias, true).join('')
    else text += styleRule(prelude, block, depth, alias).join('')
  }
  return text
}

const NO_PROPERTY = new Set(['behavior', '-moz-binding', 'src'])
/** Strings that are names and say nothing to a reader. */
const NAMING = /^(font|font-family|grid|grid-area|grid-template|grid-template-areas)$/

function declaration(tokens: readonly string[]): string {
  const colon = tokens.indexOf(':')
  const name = tokens.slice(0, colon).join('').trim()
  if (colon < 1 || !/^-{0,2}[a-z_][\w-]*$/i.test(name) || NO_PROPERTY.has(name.toLowerCase())) return ''
  const value = valueText(trimmed(tokens.slice(colon + 1)), NAMING.test(name.toLowerCase()))
  return value ? `${name}:${value};` : ''
}

function valueText(tokens: readonly string[], isNaming: boolean): string {
  let text = ''
  let depth = 0
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string
    if (/^url\($/i.test(token)) {
      const end = tokens.indexOf(')', at)
      if (end < 0) return ''
      text += addressOf(tokens.slice(at + 1, end).join(''))
      at = end
      continue
    }
    if (/^url\(/i.test(token)) text += addressOf(token.slice(4, -1))
    else if (isString(token)) text += said(token, isNaming)
    else if (isStray(token) || token.includes('\\') || asks(token) || token.startsWith('@')) return ''
    else text += token
    if (opens(token) || token === '(') depth++
    else if (token === ')' || token === ']') depth--
  }
  return depth > 0 ? '' : text
}

/** Pictures that are in the sheet itself and small; for all others: none. */
function addressOf(inner: string): string {
  const address = inner.trim().replace(/^(["'])(.*)\1$/, '$2')
  const isPicture = /^data:image\/(png|jpeg|gif|webp);base64,[\w+/=]+$/i.test(address)
  return isPicture && address.length <= DATA_IMAGE_LIMIT ? `url("${address}")` : 'none'
}

/** Letters and digits as bullets; signs and the private characters of icon fonts stay. */
function said(string: string, isNaming: boolean): string {
  const text = unescaped(string.slice(1, -1))
  if (isNaming && /^[\w .,-]*$/.test(text) && !/\d{4}/.test(text)) return `"${text}"`
  return `"${text.replace(/[\p{L}\p{N}\p{M}]+/gu, bullets).replace(/["'\\<>&\p{Cc}\p{Cs}]/gu, '')}"`
}

function unescaped(text: string): string {
  return text.replace(/\\(?:([\da-f]{1,6})\s?|\n|([\s\S]))/gi, (_all, hex: string | undefined, other = '') => {
    const code = hex ? Number.parseInt(hex, 16) : 0
    return hex ? (code > 0 && code < 0x110000 ? String.fromCodePoint(code) : '') : other
  })
}
