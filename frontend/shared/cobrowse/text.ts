/** What stands in the place of text that is not shown, and the net under text that is: numbers of cards and accounts. */

const BULLET = '•'
const LONGEST_WORD = 8

/** Each word as bullets, at most 8, so that the page keeps its shape and nobody learns long words by their length. */
export function bullets(text: string): string {
  return text.replace(/\S+/g, (word) => BULLET.repeat(Math.min(word.length, LONGEST_WORD)))
}

/** ISO 13616: the length by country tells an account from ordinary words that happen to pass the check. */
const IBAN_LENGTHS = new Map(
  (
    'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22' +
    'GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20' +
    'MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26' +
    'UA29VA22VG24XK20YE30'
  )
    .match(/.{4}/g)
    ?.map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)
const SHORTEST = 13
const CARD_DIGITS = { least: 13, most: 19 }
const IBAN_DIGITS = 8

/** Numbers that pass the check of a payment card (Luhn) or an IBAN (mod 97) as bullets; spaces and dashes are ignored. */
export function hideNumbers(text: string): string {
  if (text.length < SHORTEST || !/\d/.test(text)) return text
  const places: number[] = []
  let dense = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (/[\s\u00ad\u200b\u2010-\u2015-]/.test(character)) continue
    dense += character
    places.push(at)
  }
  const hidden = new Set<number>()
  const hide = (from: number, length: number): void => {
    for (let at = from; at < from + length; at++) hidden.add(places[at] as number)
  }
  for (const { index, 0: run } of dense.matchAll(/\d{13,}/g))
    if (hasCard(run, (at) => (places[index + at] as number) - (places[index + at - 1] ?? -2) > 1))
      hide(index, run.length)
  for (const { index } of dense.matchAll(/(?=[a-z]{2}\d\d)/gi)) hide(index, ibanLength(dense.slice(index, index + 34)))
  return hidden.size ? replaced(text, hidden) : text
}

function replaced(text: string, hidden: ReadonlySet<number>): string {
  return text
    .split('')
    .map((character, at) => (hidden.has(at) ? BULLET : character))
    .join('')
}

/**
 * Other digits may stand beside the number of a card: what is tried begins and ends where a group of digits does. From
 * each border it looks no farther than a card is long, so that a page full of digits holds nobody up.
 */
function hasCard(run: string, isGroup: (at: number) => boolean): boolean {
  const borders = [...run].map((_, at) => at).filter((at) => at === 0 || isGroup(at))
  borders.push(run.length)
  return borders.some((from, place) => {
    for (let next = place + 1; next < borders.length; next++) {
      const digits = run.slice(from, borders[next])
      if (digits.length > CARD_DIGITS.most) return next === place + 1
      if (digits.length >= CARD_DIGITS.least && passesLuhn(digits)) return true
    }
    return false
  })
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits.charAt(digits.length - 1 - at))
    sum += at % 2 ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum > 0 && sum % 10 === 0
}

/** How much of the start of this text is an IBAN; 0 when none is. */
function ibanLength(start: string): number {
  const length = IBAN_LENGTHS.get(start.slice(0, 2).toUpperCase()) ?? 0
  const account = start.slice(0, length)
  if (!length || !/^[a-z0-9]+$/i.test(account) || account.length < length) return 0
  if (account.replace(/\D/g, '').length < IBAN_DIGITS) return 0
  let rest = 0
  for (const character of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1 ? length : 0
}
