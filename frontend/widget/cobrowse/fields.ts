/** What is sent of the fields of a form: of some nothing at all, of others their shape, and their words only where shown. */
import { cut, isNeverField } from '../../shared/cobrowse/allowed'
import { bullets, hideNumbers } from '../../shared/cobrowse/text'
import type { Attributes } from '../../shared/cobrowse/wire'
import type { Mode } from './modes'

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

export const isField = (node: Node): node is Field => /^(INPUT|TEXTAREA|SELECT)$/.test(node.nodeName)

/** Once is for ever: a password that is shown in plain text stays a password. */
const never = new WeakSet<Element>()

export function isNever(field: Field): boolean {
  if (never.has(field)) return true
  const names = ['name', 'id', 'placeholder', 'aria-label'].map((name) => field.getAttribute(name) ?? '')
  const autocomplete = field.getAttribute('autocomplete') ?? ''
  const found = isNeverField({ type: field.type, autocomplete: autocomplete.toLowerCase(), names })
  if (found) never.add(field)
  return found
}

/** Of this field nothing is sent from now on, whatever becomes of it. */
export const neverAgain = (field: Element): void => void never.add(field)

const CHOICES = new Set(['checkbox', 'radio'])
const BUTTONS = new Set(['button', 'submit', 'reset'])
/** Their value cannot hold bullets: masked, they look like a text field. */
const NO_BULLETS = new Set(['number', 'date', 'month', 'week', 'time', 'datetime-local'])
const NO_TEXT = new Set(['range', 'color'])

export const isChoice = (field: Field): field is HTMLInputElement => CHOICES.has(field.type)

/** Checked or not, or which option is chosen; -1 for fields of which nothing is sent, such as the month of a card. */
export function choiceOf(field: Field): number {
  if (isNever(field)) return -1
  if (field instanceof HTMLSelectElement) return field.selectedIndex
  return isChoice(field) ? Number(field.checked) : -1
}

/** What stands in a field, as it may be sent; '' for fields of which nothing is. */
export function shownValue(field: Field, mode: Mode): string {
  if (field instanceof HTMLSelectElement || isChoice(field) || isNever(field)) return ''
  if (mode === 'show') return cut(hideNumbers(field.value))
  return NO_TEXT.has(field.type) ? '' : cut(bullets(field.value))
}

/** The attributes of a field that depend on what is in it, or on whether that may be seen. */
export function fieldAttributes(field: Field, mode: Mode): Attributes {
  if (isNever(field)) return field instanceof HTMLInputElement ? { type: 'text' } : {}
  const found: Attributes = {}
  const value = shownValue(field, mode)
  if (value) found.value = value
  if (field instanceof HTMLSelectElement) return found
  const placeholder = field.placeholder ?? ''
  if (placeholder) found.placeholder = cut(mode === 'show' ? hideNumbers(placeholder) : bullets(placeholder))
  if (field instanceof HTMLTextAreaElement) return found
  found.type = mode !== 'show' && NO_BULLETS.has(field.type) ? 'text' : field.type
  if (isChoice(field) && field.checked) found.checked = ''
  if (mode === 'show' && !BUTTONS.has(field.type))
    for (const name of ['min', 'max', 'step'] as const) if (field[name]) found[name] = cut(field[name], 40)
  return found
}
