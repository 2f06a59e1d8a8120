const HUES = 8

/** Initials on a quiet colour that stays the same for the same name; the name itself always stands beside it. */
export function Avatar({ name, size = 28 }: { name: string; size?: number }) {
  return (
    <span
      className={`avatar avatar-${hue(name)}`}
      style={{ width: size, height: size, fontSize: size * 0.4 }}
      data-initials={initials(name)}
      aria-hidden="true"
    />
  )
}

/** At most two letters: the first of the first word and of the last. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words
  return letters.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase() ?? '').join('') || '?'
}

function hue(name: string): number {
  let sum = 0
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 997
  return sum % HUES
}
