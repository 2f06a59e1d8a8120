/*
 * What an agent must see of a page, and what they do see, both as one plain value that can be compared.
 *
 * Written from the rules of docs/cobrowsing.md alone, and recursive where the product is incremental: nothing of the
 * product's own code is in it. `wanted` reads the customer's document, `seen` the document that was rebuilt from the
 * frames. Text nodes that stand side by side count as one, and style sheets as the list of their rules.
 */
globalThis.oracle = (() => {
  const NAME = /^(?!.*\d{4})[A-Za-z_-][\w-]{0,80}$/
  const ABSENT = 'script noscript template meta title base param source track area map datalist interaction-center link'
  const absent = new Set(ABSENT.split(' '))
  const BOXES = { iframe: 1, object: 1, embed: 1, canvas: 1, video: 1, audio: 1, img: 1, picture: 1 }
  const NEVER = /passw|secret|token|csrf|otp|cvc|iban|card.?n/i
  const COPIED = 'lang dir hidden disabled open colspan rowspan slot readonly multiple rows cols'.split(' ')
  const NO_SPACES = new Set('html head table thead tbody tfoot tr ul ol select'.split(' '))
  const SVG = 'http://www.w3.org/2000/svg'
  const HTML = 'http://www.w3.org/1999/xhtml'
  const TAGS = new Set(
    ('html head body article aside footer header h1 h2 h3 main nav section div p ul ol li a b i em strong span small ' +
      'table thead tbody tr td th form label input textarea select option button details summary slot').split(' '),
  )
  const SVG_TAGS = new Set('svg g rect circle text path'.split(' '))

  const hide = (text) => text.replace(/\S+/g, (word) => '•'.repeat(Math.min(word.length, 8)))
  const isField = (node) => ['input', 'textarea', 'select'].includes(node.localName)

  /** Fields that were of this type once are remembered by the page itself (fuzz.js), as no document says so later. */
  const isNever = (field) =>
    globalThis.oncePasswords?.has(field) ||
    ['password', 'hidden', 'file'].includes(field.type) ||
    /cc-|one-time-code|current-password|new-password/.test(field.autocomplete ?? '') ||
    ['name', 'id', 'placeholder', 'aria-label'].some((name) => NEVER.test(field.getAttribute(name) ?? ''))

  function modeOf(element, inherited) {
    const own = element.getAttribute('data-cobrowse')
    return ['show', 'mask', 'block'].includes(own) ? own : inherited
  }

  function declarations(style, keep) {
    const found = {}
    for (const name of style) {
      const value = style.getPropertyValue(name)
      if (keep(value)) found[name] = value
    }
    return found
  }

  /** Of an element of the page's own it is not known what its other attributes mean. */
  const isMeant = ({ localName }, name) => localName !== 'my-part' || ['lang', 'dir', 'hidden', 'slot'].includes(name)

  function attributes(element, given) {
    const found = { ...given }
    const names = (text) => text.split(/\s+/).filter((name) => NAME.test(name)).sort().join(' ')
    const kept = { class: names(element.getAttribute('class') ?? ''), id: names(element.id) }
    for (const [name, value] of Object.entries(kept)) if (value) found[name] = value
    for (const name of COPIED) if (element.hasAttribute(name) && isMeant(element, name)) found[name] = element.getAttribute(name)
    if (element.localName === 'a' && element.hasAttribute('href')) found.href = ''
    if (element.namespaceURI === SVG)
      for (const name of ['width', 'height', 'r', 'fill', 'x', 'y'])
        if (element.hasAttribute(name)) found[name] = element.getAttribute(name)
    const style = declarations(element.style, (value) => !/url\(/.test(value))
    if (Object.keys(style).length) found.style = style
    return found
  }

  /** What a field shows: value, whether it is checked, what is chosen, and its own attributes. */
  function fieldOf(field, mode) {
    if (isNever(field)) return { value: '', own: field.localName === 'input' ? { type: 'text' } : {} }
    const words = (text) => (mode === 'show' ? text : hide(text))
    if (field.localName === 'select') return { chosen: field.selectedIndex, own: {} }
    const own = field.placeholder ? { placeholder: words(field.placeholder) } : {}
    if (field.localName === 'textarea') return { value: words(field.value), own }
    const isChoice = ['checkbox', 'radio'].includes(field.type)
    if (isChoice) return { checked: field.checked, own: { ...own, type: field.type } }
    own.type = mode !== 'show' && ['number', 'date'].includes(field.type) ? 'text' : field.type
    return { value: words(field.value), own }
  }

  const joined = (list) => {
    const found = []
    for (const item of list) {
      if (typeof item === 'string' && typeof found.at(-1) === 'string') found.push(found.pop() + item)
      else if (item !== '') found.push(item)
    }
    return found
  }

  const ruleTexts = (sheets) =>
    sheets.flatMap((sheet) => [...(sheet?.cssRules ?? [])].map((rule) => rule.cssText))

  /** Sheets of a root in their order, without those in parts of the page that are not shown. */
  function rules(root, isKept) {
    const elements = [...root.querySelectorAll('style')].filter(isKept)
    const adopted = [...(root.adoptedStyleSheets ?? [])].filter((sheet) => !globalThis.isForeign?.(sheet))
    return ruleTexts([...elements.map((element) => element.sheet), ...adopted])
  }

  // ------------------------------------------------------------------ the customer's page

  function isBlocked(node) {
    for (let at = node.parentNode; at; at = at.parentNode ?? at.host)
      if (at.dataset?.cobrowse === 'block' || at.localName in BOXES) return true
    return false
  }

  function wantedNode(node, mode) {
    if (node.nodeType === Node.TEXT_NODE) return wantedText(node, mode)
    if (node.nodeType !== Node.ELEMENT_NODE) return ''
    const tag = node.localName
    if (absent.has(tag) || tag === 'style' || (tag === 'input' && node.type === 'hidden')) return ''
    const own = modeOf(node, mode)
    if (own === 'block' || tag in BOXES) return wantedBox(node)
    if (node.namespaceURI === SVG ? !SVG_TAGS.has(tag) : node.namespaceURI !== HTML) return ''
    return wantedElement(node, own)
  }

  function wantedText(node, mode) {
    const text = node.nodeValue
    if (NO_SPACES.has(node.parentNode.localName) && !text.trim()) return ''
    return mode === 'show' ? text : hide(text)
  }

  /** How large is what nobody sees, in a closed `details`, no browser says. */
  const box = (node, ...size) => ({ box: node.checkVisibility() && size.some(Boolean) ? size.map(Math.round) : 'unseen' })

  function wantedBox(node) {
    const { width, height } = node.getBoundingClientRect()
    return box(node, width, height)
  }

  function wantedElement(node, mode) {
    const isSvg = node.namespaceURI === SVG
    const found = { tag: isSvg || TAGS.has(node.localName) ? node.localName : 'span' }
    const { own, ...field } = isField(node) ? fieldOf(node, mode) : {}
    Object.assign(found, field, { attributes: attributes(node, own) })
    if (['button', 'ol', 'ul'].includes(node.localName) && node.hasAttribute('type'))
      found.attributes.type = node.getAttribute('type')
    if (node.localName !== 'textarea') found.children = childrenOf(node, (child) => wantedNode(child, mode))
    if (!node.shadowRoot) return found
    found.shadow = childrenOf(node.shadowRoot, (child) => wantedNode(child, mode))
    found.rules = rules(node.shadowRoot, (element) => !isBlocked(element))
    return found
  }

  const childrenOf = (parent, of) => joined([...parent.childNodes].map(of))

  // ------------------------------------------------------------------ the rebuilt page

  /** The frame of the page has a view of its own: what its elements are is asked of the tag, never of a class. */
  function seenNode(node) {
    if (node.nodeType === Node.TEXT_NODE)
      return NO_SPACES.has(node.parentNode.localName) && !node.nodeValue.trim() ? '' : node.nodeValue
    if (node.nodeType !== Node.ELEMENT_NODE || node.localName === 'style') return ''
    return /1px dashed/.test(node.style?.border ?? '') ? seenBox(node) : seenElement(node)
  }

  const seenBox = (node) => box(node, Number.parseInt(node.style.width), Number.parseInt(node.style.height))

  function seenElement(node) {
    const found = { tag: node.localName }
    const given = {}
    for (const name of ['placeholder', 'type'])
      if (node.hasAttribute(name)) given[name] = node.getAttribute(name)
    found.attributes = attributes(node, given)
    if (node.localName === 'select') found.chosen = node.selectedIndex
    else if (['checkbox', 'radio'].includes(node.getAttribute('type'))) found.checked = node.checked
    else if (isField(node)) found.value = node.value
    if (node.localName !== 'textarea') found.children = childrenOf(node, seenNode)
    if (!node.shadowRoot) return found
    found.shadow = childrenOf(node.shadowRoot, seenNode)
    found.rules = rules(node.shadowRoot, () => true)
    return found
  }

  /** What the replayer adds to each page: rules of its own, and a mark at the root. */
  const isReplayers = (rule) => /^(\.rr-block|noscript|\*, ::before, ::after) \{/.test(rule)

  return {
    wanted: () => {
      const page = wantedNode(document.documentElement, 'mask')
      return { page, rules: rules(document, (element) => !isBlocked(element)) }
    },
    seen: (page) => {
      const found = seenNode(page.documentElement)
      if (found.attributes.class === 'rrweb-paused') delete found.attributes.class
      return { page: found, rules: rules(page, () => true).filter((rule) => !isReplayers(rule)) }
    },
  }
})()
