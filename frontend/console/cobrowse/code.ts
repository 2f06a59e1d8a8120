/** Nine digits in groups of three, as a customer reads them out. Pure. */
export const CODE_DIGITS = 9

/** The digits of whatever was typed or pasted, no more than there can be. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, '').slice(0, CODE_DIGITS)
}

export function inGroups(digits: string): string {
  return digits.match(/.{1,3}/g)?.join(' ') ?? ''
}

/** Behind as many digits as before: where the cursor belongs in the text that has been put into groups. */
export function cursorAfter(grouped: string, digits: number): number {
  if (digits === 0) return 0
  const groupsBefore = Math.floor((digits - 1) / 3)
  return Math.min(grouped.length, digits + groupsBefore)
}
