import { expect, test } from 'vitest'
import { translator } from '../../../shared/i18n'
import { de } from '../../i18n/de'
import { en } from '../../i18n/en'
import { problemWords } from './problems'

const german = translator('de', { de, en })

test.each([
  ['one of info, warning, fault, danger', 'Eins von info, warning, fault, danger.'],
  [
    'line 7 has the same code of this family and language',
    'Zeile 7 hat denselben Code dieses Geräts in dieser Sprache.',
  ],
  ['1 to 80 characters', '1 bis 80 Zeichen.'],
  ['1 to 9', 'Von 1 bis 9.'],
  ['This column is missing.', 'Diese Spalte fehlt.'],
  ['This line has 9,000 cells. It must name the columns: family.', 'Diese Zeile nennt nicht die Spalten der Tabelle.'],
  ['At most 50,000 lines at once: divide the table.', 'Höchstens 50.000 Zeilen auf einmal: Teilen Sie die Tabelle.'],
  [
    'At most 8,000,000 bytes of JSON at once: divide the table, or take CSV.',
    'Höchstens 8 MB JSON auf einmal: Teilen Sie die Tabelle, oder nehmen Sie CSV.',
  ],
  [
    "The table can't be read from here: a row has more than 200,000 characters.",
    'Von hier an ist die Tabelle nicht lesbar: Eine Zeile hat mehr als 200.000 Zeichen.',
  ],
  [
    'half a character (a lone surrogate) stands here: write it anew',
    'Hier steht ein halbes Zeichen (ein einzelnes Surrogat): Schreiben Sie es neu.',
  ],
  ['at most 20000 characters', 'Höchstens 20000 Zeichen.'],
  ['at most 50 of 1000 characters', 'Höchstens 50 Zeilen mit je 1000 Zeichen.'],
  [
    'This line has 6 cells, the first one has 4. Is a cell not quoted?',
    'Diese Zeile hat 6 Zellen, die erste hat 4. Fehlen Anführungszeichen um eine Zelle?',
  ],
  ['text, or a list of texts, is wanted', 'Hier gehört ein Text oder eine Liste von Texten hin.'],
  ['The first line must name the columns: family.', 'Diese Zeile nennt nicht die Spalten der Tabelle.'],
  ['This is no text in UTF-8, UTF-16 or Windows-1252.', 'Das ist kein Text in UTF-8, UTF-16 oder Windows-1252.'],
  [
    'This is no JSON: a list of objects is wanted.',
    'Das ist kein passendes JSON: Gebraucht wird eine Liste von Objekten.',
  ],
  ['An object is wanted.', 'Das ist kein passendes JSON: Gebraucht wird eine Liste von Objekten.'],
  [
    "The table can't be read from here: unexpected end of data.",
    'Von hier an ist die Tabelle nicht lesbar. Fehlt ein Anführungszeichen?',
  ],
  ['Something new.', 'Something new.'],
])('%s', (message, expected) => {
  expect(problemWords(message, german)).toBe(expected)
})
