/**
 * What an agent does on the page: only on what they see unmasked, never in fields that are never sent, and nothing is
 * sent off or left unless that was agreed. Fields are set as a person would, so that every framework notices.
 */
import type { Input, InputRefusal } from '../../shared/cobrowse/wire'
import { isField, isNever } from './fields'
import { mark } from './path'
import type { Sent } from './tree'

export interface Done {
  ok: boolean
  code?: InputRefusal
  /** which element it was, as 16 hexadecimal digits */
  what?: string
}

class Refusal extends Error {
  readonly code: InputRefusal

  constructor(code: InputRefusal) {
    super(code)
    this.code = code
  }
}

const WINDOW = 1
/** So long the page may think about what the agent did before it sends a form for it. */
const HELD_MS = 3000

export function createControl(find: (epoch: number, id: number) => Sent | undefined, epoch: () => number) {
  const forms = holdForms()

  function act(input: Input, maySubmit: boolean): Done {
    try {
      if (input.e !== epoch()) throw new Refusal('stale')
      if (input.t === 'input.scroll' && input.n === WINDOW) {
        scrollTo(input.x, input.y)
        return { ok: true, what: digits('window') }
      }
      const element = target(find(input.e, input.n))
      const what = digits(selectorOf(element))
      if (maySubmit) forms.release()
      else forms.hold()
      perform(input, element, maySubmit)
      if (forms.wasTried()) throw new Refusal('submit')
      return { ok: true, what }
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, code: error.code }
      throw error
    }
  }

  return { act, stop: forms.release }
}

function target(sent: Sent | undefined): Element {
  if (!sent?.node.isConnected || sent.kind !== 'element') throw new Refusal('gone')
  const element = sent.node as Element
  if (isField(element) && isNever(element)) throw new Refusal('forbidden')
  if (sent.isMasked) throw new Refusal('masked')
  return element
}

function perform(input: Input, element: Element, maySubmit: boolean): void {
  if (input.t === 'input.click') click(element, maySubmit)
  else if (input.t === 'input.scroll') element.scrollTo(input.x, input.y)
  else if (input.t === 'input.type') type(element, input.text)
  else select(element, input.index)
}

/**
 * Scripts of the page may send a form on a click or a change, at once or when they have checked it. For a while after
 * the agent acted they can't, unless the customer does something.
 */
function holdForms() {
  const { prototype } = HTMLFormElement
  let submit: typeof prototype.submit | undefined
  let isTried = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const refused = (): void => {
    isTried = true
  }
  const refuse = (event: Event): void => {
    isTried = true
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  const byCustomer = ({ isTrusted }: Event): void => {
    if (isTrusted) release()
  }

  function release(): void {
    clearTimeout(timer)
    if (submit && prototype.submit === refused) prototype.submit = submit
    submit = undefined
    isTried = false
    removeEventListener('submit', refuse, true)
    for (const kind of ['pointerdown', 'keydown']) removeEventListener(kind, byCustomer, true)
  }

  function hold(): void {
    release()
    submit = prototype.submit
    prototype.submit = refused
    addEventListener('submit', refuse, true)
    for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, byCustomer, true)
    timer = setTimeout(release, HELD_MS)
  }

  return { hold, release, wasTried: () => isTried }
}

function click(element: Element, maySubmit: boolean): void {
  const path = pathOf(element)
  const hit = path.find((one) => one.matches('a,button,input,label,summary,option')) ?? element
  const field = hit instanceof HTMLLabelElement ? hit.control : hit
  if (field && isField(field) && isNever(field)) throw new Refusal('forbidden')
  if (field?.matches(':disabled')) throw new Refusal('forbidden')
  if (!maySubmit && field && sends(field)) throw new Refusal('submit')
  if (path.some((one) => one.localName === 'a' && !staysHere(one))) throw new Refusal('forbidden')
  const focus = path.find((one) => one.matches('a,button,input,textarea,select,[tabindex]'))
  if (focus instanceof HTMLElement) focus.focus({ preventScroll: true })
  for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'])
    element.dispatchEvent(mouse(kind, element))
}

/** The element and what it is in, the way that a click takes: through slots and out of shadow roots. */
function pathOf(element: Element): Element[] {
  const path: Element[] = []
  let at: Node | null = element
  while (at) {
    if (at instanceof Element) path.push(at)
    at = at instanceof ShadowRoot ? at.host : (at instanceof Element && at.assignedSlot) || at.parentNode
  }
  return path
}

function mouse(kind: string, element: Element): MouseEvent {
  const { left, top, width, height } = element.getBoundingClientRect()
  const at = { clientX: left + width / 2, clientY: top + height / 2, button: 0, detail: 1 }
  const common = { bubbles: true, cancelable: true, composed: true, view: window, ...at }
  return kind.startsWith('pointer') && window.PointerEvent
    ? new PointerEvent(kind, { ...common, isPrimary: true, pointerType: 'mouse' })
    : new MouseEvent(kind, common)
}

const sends = (field: Element): boolean =>
  (field instanceof HTMLButtonElement || field instanceof HTMLInputElement) &&
  field.form !== null &&
  /^(submit|image)$/.test(field.type)

function staysHere(link: Element): boolean {
  if (!(link instanceof HTMLAnchorElement)) return false
  if (!link.hasAttribute('href')) return true
  const isHere = link.origin === location.origin && /^https?:$/.test(link.protocol)
  return isHere && !link.hasAttribute('download') && (!link.target || link.target === '_self')
}

function type(element: Element, text: string): void {
  if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) throw new Refusal('forbidden')
  if (
    element.disabled ||
    element.readOnly ||
    /^(checkbox|radio|submit|button|reset|image|range|color|file)$/.test(element.type)
  )
    throw new Refusal('forbidden')
  const kind = element instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement
  const words = element instanceof HTMLInputElement ? text.replace(/[\r\n]/g, '') : text
  const value = element.maxLength >= 0 ? words.slice(0, element.maxLength) : words
  element.focus({ preventScroll: true })
  // The setter of the prototype: frameworks put their own on the element and would see no change.
  Object.getOwnPropertyDescriptor(kind.prototype, 'value')?.set?.call(element, value)
  element.dispatchEvent(
    new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertReplacementText', data: value }),
  )
  element.dispatchEvent(new Event('change', { bubbles: true }))
}

function select(element: Element, index: number): void {
  if (!(element instanceof HTMLSelectElement) || element.disabled) throw new Refusal('forbidden')
  const option = element.options[index]
  if (!option || option.disabled) throw new Refusal('gone')
  Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'selectedIndex')?.set?.call(element, index)
  element.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
  element.dispatchEvent(new Event('change', { bubbles: true }))
}

/** Where it stands in the page, without a word of it. */
function selectorOf(element: Element): string {
  const steps: string[] = []
  for (let at: Element | null = element; at; at = at.parentElement) {
    const place = at.parentElement ? [...at.parentElement.children].indexOf(at) + 1 : 1
    steps.unshift(`${at.localName}:nth-child(${place})`)
  }
  return steps.join('>')
}

const digits = (text: string): string =>
  ['1', '2'].map((salt) => Number.parseInt(mark(text, salt), 36).toString(16).padStart(8, '0')).join('')
