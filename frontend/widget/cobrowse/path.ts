/** Where the customer is, as far as it may be known: the same path gives the same marks within a session, and no words. */

/** FNV-1a; the salt, which does not leave the tab, keeps short words from being guessed. */
export function mark(text: string, salt: string): string {
  let hash = 0x811c9dc5
  for (const character of salt + text) {
    hash ^= character.codePointAt(0) ?? 0
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

export function pagePath(path: string, salt: string): string {
  return path
    .split('/')
    .map((part) => part && mark(part, salt))
    .join('/')
    .slice(0, 200)
}
