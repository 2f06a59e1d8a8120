import { expect, test } from 'vitest'
import { timeAndDay } from '../shared/i18n'
import { Home } from './home'
import { shown, widgetWith } from './testing'

const by = '2030-05-15T10:00:00+00:00'

test('a closed centre is back, and has an answer, by the clock of the reader', () => {
  const opens_at = '2030-05-15T06:00:00+00:00'
  const page = shown(widgetWith({ opens_at, promise: { by } }), <Home q="" />)
  expect(page.querySelector('.availability')?.textContent).toContain(`Back ${timeAndDay('en', opens_at)}`)
  expect(page.querySelector('.base')?.textContent).toContain(`an answer by ${timeAndDay('en', by)}.`)
})

test('what is said in words is said as it is', () => {
  const promise = { by, text_en: 'In two minutes.', text_de: 'In zwei Minuten.' }
  const page = shown(widgetWith({ open: true, agents: true, promise }), <Home q="" />)
  expect(page.querySelector('.base')?.textContent).toContain('In two minutes.')
  expect(page.textContent).not.toContain(timeAndDay('en', by))
})
