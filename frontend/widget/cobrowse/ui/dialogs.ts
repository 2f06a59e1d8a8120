/** What the customer is asked, one question at a time, and the code that they read out. */
import type { Ask, Scope } from '../../../shared/cobrowse/wire'
import { clockTime, type Language, type Translator } from '../../../shared/i18n'
import type { TextKey } from '../texts'
import { button, h } from './dom'

interface Question {
  ask: Ask
  answer(isGranted: boolean): void
}

export interface Consent {
  ask(ask: Ask, answer: (isGranted: boolean) => void): void
  /** Only these are still open. */
  keep(scopes: readonly Scope[]): void
}

const AGREE_AFTER_MS = 500

/** A modal dialog of the browser: the page behind it rests, the focus stays in it, Esc is "not now". */
export function createConsent(root: ShadowRoot, t: Translator<TextKey>): Consent {
  let waiting: Question[] = []
  let shown: { question: Question; dialog: HTMLDialogElement; timer: number } | undefined

  function next(): void {
    const question = waiting[0]
    if (shown || !question) return
    const { ask } = question
    const title = h('h2', { id: 'cobrowse-title' }, t('title', { name: ask.by.name }))
    const words = h('p', { id: 'cobrowse-words' }, ask.text)
    const agree = button(t('agree'), () => settle(question, true), { class: 'primary', disabled: '' })
    const dialog = h(
      'dialog',
      { class: 'card', tabindex: -1, 'aria-labelledby': title.id, 'aria-describedby': words.id },
      title,
      words,
      ask.scope === 'view' ? h('p', { class: 'muted' }, t('hidden')) : '',
      h(
        'div',
        { class: 'row' },
        button(t('notNow'), () => settle(question, false)),
        agree,
      ),
    )
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      settle(question, false)
    })
    root.append(dialog)
    dialog.showModal()
    // On the question itself: neither answer can be given by a key that was meant for the page.
    dialog.focus()
    // A click that was meant for what lay here before agrees to nothing.
    setTimeout(() => {
      agree.disabled = false
    }, AGREE_AFTER_MS)
    const left = new Date(ask.until).getTime() - Date.now()
    shown = { question, dialog, timer: window.setTimeout(() => drop(question), Math.max(0, left)) }
  }

  function settle(question: Question, isGranted: boolean): void {
    drop(question)
    question.answer(isGranted)
  }

  function drop(question: Question): void {
    waiting = waiting.filter((other) => other !== question)
    if (shown?.question === question) {
      clearTimeout(shown.timer)
      shown.dialog.close()
      shown.dialog.remove()
      shown = undefined
    }
    next()
  }

  return {
    ask(ask, answer) {
      const before = waiting.find((other) => other.ask.scope === ask.scope)
      if (before?.ask.hash === ask.hash && before.ask.by.id === ask.by.id) return
      if (before) drop(before)
      waiting.push({ ask, answer })
      next()
    },
    keep(scopes) {
      for (const question of [...waiting]) if (!scopes.includes(question.ask.scope)) drop(question)
    },
  }
}

export interface CodeCard {
  show(code: string, until: string): void
  hide(): void
}

/** Beside the page, which goes on: the customer may have to find the place that they want to show first. */
export function createCodeCard(
  root: ShadowRoot,
  t: Translator<TextKey>,
  language: Language,
  cancel: () => void,
): CodeCard {
  let card: HTMLElement | undefined

  function hide(): void {
    card?.remove()
    card = undefined
  }

  return {
    hide,
    show(code, until) {
      hide()
      const groups = (code.match(/.{1,3}/g) ?? []).map((part) => h('span', {}, part))
      const title = h('h2', { id: 'cobrowse-code' }, t('code'))
      card = h(
        'section',
        { class: 'card beside', 'aria-labelledby': title.id },
        title,
        h('p', { class: 'digits', role: 'img', 'aria-label': code.split('').join(' ') }, ...groups),
        h('p', {}, t('codeHint')),
        h('p', { class: 'muted', role: 'status' }, t('codeUntil', { at: clockTime(language, until) })),
        h('div', { class: 'row' }, button(t('cancel'), cancel)),
      )
      root.append(card)
    },
  }
}
