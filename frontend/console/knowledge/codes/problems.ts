import type { Key, Translate } from '../../i18n'

/** The sentences of the server about a line, and ours that say the same. */
const SAYINGS: { said: RegExp; key: Key }[] = [
  { said: /^one of (?<values>.+?)\.?$/i, key: 'import.one_of' },
  { said: /^line (?<line>\d+) has the same code/i, key: 'import.twice' },
  { said: /^(?<from>\d+) to (?<to>\d+) characters/i, key: 'import.characters' },
  { said: /^(?<from>\d+) to (?<to>\d+)/i, key: 'import.between' },
  { said: /^there is no such article/i, key: 'import.no_article' },
  { said: /^there is no such column/i, key: 'import.no_column' },
  { said: /^this column is there twice/i, key: 'import.column_twice' },
  { said: /^this column is missing/i, key: 'import.column_missing' },
  { said: /^this line has [\d,]+ cells\. It must name the columns/i, key: 'import.no_header' },
  { said: /^at most [\d,]+ lines/i, key: 'import.too_many_lines' },
  { said: /^at most [\d,]+ bytes of JSON/i, key: 'import.too_much_json' },
  { said: /a row has more than [\d,]+ characters/i, key: 'import.row_too_long' },
  { said: /^half a character/i, key: 'import.half_character' },
  { said: /^at most (?<count>\d+) of (?<most>\d+) characters/i, key: 'import.at_most_each' },
  { said: /^at most (?<most>\d+) characters/i, key: 'import.at_most' },
  { said: /^this line has (?<cells>\d+) cells, the first one has (?<names>\d+)/i, key: 'import.cells' },
  { said: /^text, or a list of texts/i, key: 'import.text_wanted' },
  { said: /^the first line must name the columns/i, key: 'import.no_header' },
  { said: /^this is no text in/i, key: 'import.no_text' },
  { said: /^(this is no JSON|a list of objects|an object)\b/i, key: 'import.no_json' },
  { said: /^the table can't be read from here/i, key: 'import.unreadable' },
]

/** In the reader's language where we know the sentence, else as the server says it: better than nothing. */
export function problemWords(message: string, t: Translate): string {
  for (const { said, key } of SAYINGS) {
    const found = said.exec(message)
    if (found) return t(key, { ...found.groups })
  }
  return message
}
