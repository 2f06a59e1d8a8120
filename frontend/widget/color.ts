/** The site's accent comes from its settings and may be anything: the text on it must stay readable. */

const FALLBACK = '#0b57d0'

/** Puts the accent where the styles look for it. */
export function paint(host: HTMLElement, accent: string | undefined): void {
  const found = brand(accent)
  host.style.setProperty('--brand', found.accent)
  host.style.setProperty('--on-brand', found.onAccent)
}

export interface Brand {
  accent: string
  /** black or white, whichever has the larger contrast: always 4.5 or more */
  onAccent: string
}

export function brand(accent: string | undefined): Brand {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.test(accent ?? '') ? (accent as string) : FALLBACK
  const full = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex
  const light = luminance(full)
  return { accent: full, onAccent: 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#fff' : '#000' }
}

/** Relative luminance, 0 to 1 (WCAG 2). */
export function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
