/** Elements of our own, without a framework and without any text that is read as HTML. */

type Props = { class?: string; on?: Record<string, (event: Event) => void>; [attribute: string]: unknown }

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { on = {}, ...props }: Props = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) if (value !== undefined) element.setAttribute(name, String(value))
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener)
  element.append(...children)
  return element
}

export function button(text: string, onClick: () => void, props: Props = {}): HTMLButtonElement {
  return h('button', { type: 'button', ...props, on: { click: onClick } }, text)
}

const SVG = 'http://www.w3.org/2000/svg'

export function svg(tag: string, attributes: Record<string, string>, ...children: Node[]): SVGElement {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}
