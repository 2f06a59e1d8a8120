/** Notices that something on the page has changed, and where. What it is now is read from the page itself. */
import { neverAgain } from './fields'
import { patchMethod, patchSetter } from './patch'

export interface Notices {
  children(parent: Node): void
  /** It has come, or stands where it was before but was taken out in between. */
  placed(node: Node): void
  attributes(element: Element): void
  text(node: Node): void
  value(field: Element): void
  scrolled(place: Node): void
  sheet(sheet: CSSStyleSheet): void
  /** the list of sheets that belong to no element */
  adopted(): void
  resized(): void
}

export interface Recorder {
  /** Also what happens in this shadow root. */
  watch(root: ShadowRoot): void
  stop(): void
}

const PASSWORD = 'input[type=password]'
/** Of a shadow root that nobody has looked at yet: its fields may change before anybody does. */
const TYPES: MutationObserverInit = { subtree: true, attributeFilter: ['type'], attributeOldValue: true }
const ALL: MutationObserverInit = {
  ...{ childList: true, characterData: true, subtree: true, attributes: true },
  // That a field was a password is seen in what its type was.
  attributeOldValue: true,
}

export function watchPage(notices: Notices): Recorder {
  const known = new WeakSet<Node>()
  const undo: (() => void)[] = []
  const observer = new MutationObserver((records) => {
    for (const record of records) mutated(notices, record)
  })

  function watch(root: Document | ShadowRoot): void {
    if (known.has(root)) return
    known.add(root)
    observer.observe(root, ALL)
    listen(root, 'scroll', (target) => notices.scrolled(target))
    listen(root, 'input', (target) => changed(notices, target))
    listen(root, 'change', (target) => changed(notices, target))
    listen(root, 'reset', (target) => setTimeout(() => isReset(notices, target)))
    listen(root, 'load', (target) => target instanceof HTMLLinkElement && target.sheet && notices.sheet(target.sheet))
  }

  function foresee({ shadowRoot }: Element): void {
    if (shadowRoot && !known.has(shadowRoot)) observer.observe(shadowRoot, TYPES)
  }

  function listen(root: EventTarget, kind: string, act: (target: Node) => unknown): void {
    const listener = (event: Event): unknown => event.target instanceof Node && act(event.target)
    root.addEventListener(kind, listener, { capture: true, passive: true })
    undo.push(() => root.removeEventListener(kind, listener, true))
  }

  watch(document)
  window.addEventListener('resize', notices.resized)
  undo.push(() => window.removeEventListener('resize', notices.resized))
  undo.push(...patchFields(notices), ...patchSheets(notices), ...patchShadows(notices, foresee))
  return {
    watch,
    stop() {
      observer.disconnect()
      for (const each of undo.splice(0)) each()
    },
  }
}

function mutated(notices: Notices, { type, target, attributeName, oldValue, addedNodes }: MutationRecord): void {
  if (type === 'childList') {
    notices.children(target instanceof ShadowRoot ? target.host : target)
    for (const node of addedNodes) if (node instanceof Element) arrived(notices, node)
  } else if (type === 'characterData') notices.text(target)
  else {
    if (attributeName === 'type' && (oldValue?.toLowerCase() === 'password' || (target as Element).matches(PASSWORD)))
      neverAgain(target as Element)
    notices.attributes(target as Element)
  }
}

/** What is a password now may be none when the page is looked at: whoever takes it out shows it meanwhile. */
function arrived(notices: Notices, element: Element): void {
  notices.placed(element)
  for (const field of [element, ...element.querySelectorAll(PASSWORD)]) if (field.matches(PASSWORD)) neverAgain(field)
}

/** One radio button that is chosen is another that is not any more. */
function changed(notices: Notices, target: Node): void {
  if (!(target instanceof Element)) return
  notices.value(target)
  if (!(target instanceof HTMLInputElement) || target.type !== 'radio') return
  const root = target.getRootNode() as ParentNode
  for (const other of root.querySelectorAll<HTMLInputElement>('input[type=radio]'))
    if (other.name === target.name) notices.value(other)
}

function isReset(notices: Notices, target: Node): void {
  if (target instanceof HTMLFormElement) for (const field of target.elements) notices.value(field)
}

// ---------------------------------------------------------------- what no event tells

function patchFields(notices: Notices): (() => void)[] {
  const told = (field: Element): void => changed(notices, field)
  return [
    patchSetter(HTMLInputElement.prototype, 'value', told),
    patchSetter(HTMLInputElement.prototype, 'checked', told),
    patchSetter(HTMLTextAreaElement.prototype, 'value', told),
    patchSetter(HTMLSelectElement.prototype, 'value', told),
    patchSetter(HTMLSelectElement.prototype, 'selectedIndex', told),
    patchSetter(HTMLOptionElement.prototype, 'selected', (option) => {
      const select = option.closest('select')
      if (select) notices.value(select)
    }),
  ]
}

function patchSheets(notices: Notices): (() => void)[] {
  const told = (sheet: CSSStyleSheet | null | undefined): void => {
    if (sheet) notices.sheet(sheet)
  }
  const ofRule = (rule: CSSRule): void => told(rule.parentStyleSheet)
  const ofStyle = (style: CSSStyleDeclaration): void => told(style.parentRule?.parentStyleSheet)
  return [
    ...(['insertRule', 'deleteRule', 'replaceSync', 'replace'] as const).map((name) =>
      patchMethod(CSSStyleSheet.prototype, name, told),
    ),
    ...(['insertRule', 'deleteRule'] as const).map((name) => patchMethod(CSSGroupingRule.prototype, name, ofRule)),
    ...(['setProperty', 'removeProperty'] as const).map((name) =>
      patchMethod(CSSStyleDeclaration.prototype, name, ofStyle),
    ),
    patchSetter(StyleSheet.prototype, 'disabled', (sheet) => told(sheet as CSSStyleSheet)),
    patchSetter(Document.prototype, 'adoptedStyleSheets', notices.adopted),
    patchSetter(ShadowRoot.prototype, 'adoptedStyleSheets', notices.adopted),
  ]
}

function patchShadows(notices: Notices, foresee: (host: Element) => void): (() => void)[] {
  const told = (host: Element): void => {
    foresee(host)
    notices.children(host)
  }
  return [patchMethod(Element.prototype, 'attachShadow', told)]
}
