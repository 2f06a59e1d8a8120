/*
 * Changes of a page at random, the same for the same seed: what scripts of real pages do to their trees, fields,
 * styles and shadow roots. `fuzz(seed, count)` is done when the last one was made.
 */
globalThis.oncePasswords = new WeakSet()
/* Sheets that the page has adopted itself: the outlines of co-browsing are one that it has not. */
const adoptedHere = new WeakSet()
globalThis.isForeign = (sheet) => !adoptedHere.has(sheet)
globalThis.fuzz = (() => {
  let random = () => 0
  const seeded = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit) => Math.floor(random() * limit)
  const pick = (list) => list[below(list.length)]
  const WORDS = 'amber birch cedar dune elm fern grove heath iris juniper kelp larch moss nettle oak pine'.split(' ')
  const word = () => pick(WORDS)
  const words = () => Array.from({ length: 1 + below(6) }, word).join(pick([' ', '  ', '\n', ', ']))
  const BLOCKS = 'div section article p span b a ul li button label details summary my-part'.split(' ')
  const LEAVES = 'input input textarea select img canvas svg iframe'.split(' ')
  const SVG = 'http://www.w3.org/2000/svg'
  const MANY = 400

  let field
  const root = () => (field ??= document.getElementById('field'))

  /** Every element of the field, shadow roots included. */
  function all(from = root(), found = []) {
    for (const element of from.querySelectorAll('*')) {
      found.push(element)
      if (element.shadowRoot) all(element.shadowRoot, found)
    }
    return found
  }
  const someElement = () => pick([root(), ...all()])
  const isBlock = (element) => element === root() || BLOCKS.includes(element.localName)
  const someParent = () => {
    const element = pick([root(), ...all().filter(isBlock)])
    return element.shadowRoot && random() < 0.5 ? element.shadowRoot : element
  }
  const someText = () => {
    const parents = [root(), ...all()].filter(isBlock)
    const texts = parents.flatMap((parent) => [...parent.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE))
    return texts.length ? pick(texts) : root().appendChild(document.createTextNode(words()))
  }
  /** Too much to lose at once, while the field is not full: it would be empty soon. */
  const isLarge = (element) => element.getElementsByTagName('*').length > 20 && all().length < MANY
  const FEW = 150
  const place = (parent) => pick([null, ...parent.childNodes])

  // ------------------------------------------------------------------ what is made

  function made(depth = 0) {
    const kind = random()
    if (kind < 0.3) return document.createTextNode(words())
    if (kind < 0.34) return document.createComment(words())
    if (kind < 0.55) return leaf()
    const element = document.createElement(pick(BLOCKS))
    if (random() < 0.5) decorate(element)
    for (let count = depth > 2 ? 0 : below(4); count > 0; count--) element.append(made(depth + 1))
    if (random() < 0.08 && ['div', 'section', 'span', 'p', 'article'].includes(element.localName)) shadow(element)
    return element
  }

  const LEAF = {
    input: (input) => {
      input.type = pick(['text', 'text', 'checkbox', 'password', 'hidden', 'email', 'number'])
      input.placeholder = random() < 0.3 ? words() : ''
      if (input.type === 'password') oncePasswords.add(input)
      if (random() < 0.1) input.name = pick(['csrf_token', 'cardnumber', 'iban'])
      write(input)
    },
    textarea: (area) => write(area),
    select: (select) => {
      for (let count = 1 + below(4); count > 0; count--) select.append(new Option(word(), word()))
      write(select)
    },
    svg: () => {},
    img: (image) => Object.assign(image, { width: 70 + below(30), height: 20, alt: words() }),
    canvas: (canvas) => Object.assign(canvas, { width: 80 + below(9), height: 30 }),
    iframe: (frame) => Object.assign(frame, { width: 90, height: 24 + below(9) }),
  }

  function leaf() {
    const tag = pick(LEAVES)
    const element = tag === 'svg' ? document.createElementNS(SVG, tag) : document.createElement(tag)
    if (tag === 'svg') {
      const shape = document.createElementNS(SVG, pick(['rect', 'circle', 'g']))
      shape.setAttribute('width', String(below(40)))
      element.append(shape)
    }
    LEAF[tag](element)
    return element
  }

  function shadow(element) {
    if (element.shadowRoot) return
    const inside = element.attachShadow({ mode: 'open' })
    if (random() < 0.5) inside.append(style())
    for (let count = 1 + below(3); count > 0; count--) inside.append(made(2))
    if (random() < 0.5) inside.append(document.createElement('slot'))
  }

  const rule = () => `.${word()} { color: rgb(${below(255)}, ${below(255)}, ${below(255)}); }`
  function style() {
    const element = document.createElement('style')
    element.textContent = Array.from({ length: 1 + below(3) }, rule).join('\n')
    return element
  }

  // ------------------------------------------------------------------ what is done

  const ATTRIBUTES = {
    class: () => Array.from({ length: below(3) }, () => word() + pick(['', '-one', '-20251127'])).join(' '),
    id: () => pick(['', word(), `order-${1000 + below(9000)}`]),
    title: words,
    'aria-label': words,
    'data-note': words,
    dir: () => pick(['ltr', 'rtl']),
    hidden: () => '',
    open: () => '',
    href: () => `https://example.org/?token=${word()}`,
    style: () => pick([`color: rgb(1, 2, ${below(255)})`, `width: ${below(90)}px; margin-left: 3px`, 'opacity: 0.5']),
    'data-cobrowse': () => pick(['show', 'show', 'mask', 'block', 'other']),
  }

  function decorate(element) {
    const name = pick(Object.keys(ATTRIBUTES))
    if (element === root() && name === 'data-cobrowse') return
    const value = ATTRIBUTES[name]()
    // Of inline boxes no browser says when their size changes.
    if (value === 'block' && !/^(div|section|article|p|ul|li|details)$/.test(element.localName)) return
    if (random() < 0.25) element.removeAttribute(name)
    else element.setAttribute(name, value)
  }

  /** As scripts do it and as people do it: with and without an event. */
  function write(field) {
    if (field.localName === 'select') field.selectedIndex = below(field.options.length + 1) - 1
    else if (field.type === 'checkbox') field.checked = random() < 0.5
    else field.value = field.type === 'number' ? String(below(999)) : words().replaceAll('\n', ' ')
    if (random() < 0.5) field.dispatchEvent(new Event('input', { bubbles: true }))
  }

  const DO = {
    insert(count = all().length) {
      if (count > MANY) return DO.remove()
      const parent = someParent()
      parent.insertBefore(made(), place(parent))
    },
    remove(count = all().length) {
      if (count < FEW) return DO.insert(count)
      const element = someElement()
      if (element !== root() && !isLarge(element)) element.remove()
    },
    move() {
      const [moved, parent] = [someElement(), someParent()]
      if (moved === root() || moved.contains(parent)) return
      for (let host = parent.getRootNode().host; host; host = host.getRootNode().host) if (moved.contains(host)) return
      parent.insertBefore(moved, place(parent) === moved ? null : place(parent))
    },
    reverse() {
      const parent = someParent()
      for (const child of [...parent.childNodes].reverse()) parent.append(child)
    },
    attribute: () => decorate(someElement()),
    text() {
      const text = someText()
      if (random() < 0.3 && text.length > 2) text.splitText(1 + below(text.length - 1))
      else if (random() < 0.1) text.remove()
      else text.nodeValue = words()
    },
    normalize: () => someElement().normalize(),
    html() {
      const element = someParent()
      if (element === root() || element instanceof ShadowRoot || isLarge(element)) return
      element.innerHTML = `<b>${word()}</b> ${words()} <!-- ${word()} --><i class="${word()}">${word()}</i>`
    },
    value() {
      const fields = all().filter(({ localName }) => ['input', 'textarea', 'select'].includes(localName))
      if (fields.length) write(pick(fields))
    },
    reveal() {
      const fields = all().filter((field) => field.localName === 'input' && ['password', 'text'].includes(field.type))
      if (!fields.length) return
      const field = pick(fields)
      oncePasswords.add(field)
      field.type = 'password'
      if (random() < 0.5) queueMicrotask(() => queueMicrotask(() => setTimeout(() => (field.type = 'text'), below(60))))
    },
    option() {
      const selects = all().filter(({ localName }) => localName === 'select')
      if (!selects.length) return
      const select = pick(selects)
      if (random() < 0.5) select.append(new Option(word()))
      else select.options[0]?.remove()
    },
    shadow() {
      const hosts = all().filter(({ localName }) => ['div', 'section', 'span', 'article'].includes(localName))
      if (hosts.length) shadow(pick(hosts))
    },
    style() {
      const sheets = [...document.head.querySelectorAll('style'), ...all().filter(({ localName }) => localName === 'style')]
      if (!sheets.length) return document.head.append(style())
      const chosen = pick(sheets)
      const act = below(5)
      if (act === 0 && sheets.length < 12) (random() < 0.5 ? document.head : someParent()).append(style())
      else if (act === 1) chosen.textContent = style().textContent
      else if (act === 2) chosen.sheet?.insertRule(rule(), below(chosen.sheet.cssRules.length + 1))
      else if (act === 3 && chosen.sheet?.cssRules.length) chosen.sheet.deleteRule(0)
      else if (act === 4 && sheets.length > 2) chosen.remove()
    },
    adopt() {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(rule() + rule())
      adoptedHere.add(sheet)
      const hosts = all().filter(({ shadowRoot }) => shadowRoot)
      const place = hosts.length && random() < 0.7 ? pick(hosts).shadowRoot : document
      const others = [...place.adoptedStyleSheets].filter((one) => globalThis.isForeign?.(one))
      place.adoptedStyleSheets = [...others, sheet]
    },
  }
  const OFTEN = ['insert', 'insert', 'insert', 'remove', 'move', 'move', 'attribute', 'attribute', 'text', 'text', 'value']
  const KINDS = [...OFTEN, ...OFTEN, ...Object.keys(DO)]

  return async (seed, count, at_once = 10) => {
    random = seeded(seed)
    for (let done = 0; done < count; done++) {
      DO[pick(KINDS)]()
      if (done % at_once === 0) await new Promise((resolve) => setTimeout(resolve, below(3) ? 0 : below(50)))
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
})()
