import { describe, expect, test } from 'vitest'
import { folded, linkPieces, parted, splitQuote } from './text'

describe('the quoted part', () => {
  test('begins where the lines with > begin', () => {
    expect(splitQuote('Thanks!\n\n> old\n> text\n')).toEqual({ text: 'Thanks!', quote: '> old\n> text\n' })
  })

  test.each([
    'On Mon, 23 Nov 2026 at 10:00, Support <s@example.org> wrote:',
    'Am 23.11.2026 um 10:00 schrieb Support:',
    '-----Original Message-----',
    '-----Ursprüngliche Nachricht-----',
    '________________________________',
    'From: Support\nSent: Monday',
    'Von: Support\nGesendet: Montag',
  ])('begins at "%s"', (header) => {
    const { text, quote } = splitQuote(`Fine.\n\n${header}\nold text`)
    expect(text).toBe('Fine.')
    expect(quote.startsWith(header)).toBe(true)
  })

  test('stays when the answer stands between or below the quoted lines', () => {
    const body = '> question?\nanswer'
    expect(splitQuote(body)).toEqual({ text: body, quote: '' })
  })

  test('is not cut again from a text that was asked for whole', () => {
    const body = 'Thanks!\n\n> old text'
    expect(parted(body, true)).toEqual({ text: body, quote: '' })
    expect(parted(body, false).text).toBe('Thanks!')
  })

  test('a mail of nothing but a quotation is shown', () => {
    const body = '> only this'
    expect(splitQuote(body).text).toBe(body)
  })

  test('a line that only looks like a sender is text', () => {
    expect(splitQuote('Hello\nFrom: the beginning it was loud.\nBye').quote).toBe('')
  })
})

describe('links', () => {
  test('web and mail addresses lead somewhere, the full stop stays text', () => {
    expect(linkPieces('See https://example.org/a?b=1. Or www.example.org, or a.b@example.org!')).toEqual([
      { text: 'See ', href: null },
      { text: 'https://example.org/a?b=1', href: 'https://example.org/a?b=1' },
      { text: '. Or ', href: null },
      { text: 'www.example.org', href: 'https://www.example.org' },
      { text: ', or ', href: null },
      { text: 'a.b@example.org', href: 'mailto:a.b@example.org' },
      { text: '!', href: null },
    ])
  })

  test('nothing else becomes a link', () => {
    expect(linkPieces('javascript:alert(1) data:text/html,x')).toEqual([
      { text: 'javascript:alert(1) data:text/html,x', href: null },
    ])
  })
})

describe('a long message', () => {
  test('is folded after forty lines or many characters, a short one is not', () => {
    expect(folded('short')).toBeNull()
    expect(folded(Array(40).fill('line').join('\n'))).toBeNull()
    expect(folded(Array(41).fill('line').join('\n'))?.split('\n')).toHaveLength(40)
    expect(folded('x'.repeat(2_000))).toHaveLength(1_801)
  })
})
