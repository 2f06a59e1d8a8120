/** Everything that the customer sees of a session, in a shadow root of its own. */
import type { SessionState } from '../../../shared/cobrowse/wire'
import { type Language, translator } from '../../../shared/i18n'
import tokens from '../../../shared/styles/tokens.css?inline'
import type { Screen } from '../session'
import { type TextKey, texts } from '../texts'
import { createBanner } from './banner'
import { createCodeCard, createConsent } from './dialogs'
import { button, h } from './dom'
import { createMarks } from './marks'
import styles from './ui.css?inline'

export interface ScreenActions {
  stop(): void
  pause(isPaused: boolean): void
  takeBack(scope: 'control' | 'record'): void
  renew(): void
}

const REASONS: Record<string, TextKey> = {
  gone: 'gone',
  elsewhere: 'elsewhere',
  failed: 'failed',
  timeout: 'timeout',
  timeout_consent: 'timeout',
  timeout_code: 'codeOver',
}
const NOTE_MS = 8000
const LOOK_AGAIN_MS = 500

/** The screen, and how to take it away again. */
export function createScreen(language: Language, theme: string, actions: ScreenActions): Screen & { remove(): void } {
  const t = translator(language, texts)
  // By this name the page's own part of the widget goes, and nothing of it is captured.
  const host = document.createElement('interaction-center')
  host.lang = language
  if (theme) host.dataset.theme = theme
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(tokens + styles)
  root.adoptedStyleSheets = [sheet]
  // Keys that are meant for us must not set off the shortcuts of the page.
  for (const kind of ['keydown', 'keyup', 'keypress']) root.addEventListener(kind, (event) => event.stopPropagation())
  document.documentElement.append(host)
  // Pages that draw themselves anew must not take away who sees them.
  const keeper = new MutationObserver(() => host.isConnected || keepOnTop(host, root))
  keeper.observe(document.documentElement, { childList: true })
  const pulse = setInterval(keepOnTop, LOOK_AGAIN_MS, host, root)
  document.addEventListener('fullscreenchange', rise)
  const outlines = new CSSStyleSheet()
  let outlined = ''
  let isOutlined = true
  const consent = createConsent(root, t)
  const code = createCodeCard(root, t, language, actions.stop)
  const marks = createMarks(root)
  const banner = createBanner(root, t, language, { ...actions, outline: choose })

  keepOnTop(host, root)

  /** What fills the screen lies above everything that was open before. */
  function rise(): void {
    if (root.querySelector('dialog')) return
    for (const layer of root.querySelectorAll<HTMLElement>(':popover-open')) layer.hidePopover()
    keepOnTop(host, root)
  }

  function choose(isOn: boolean): void {
    isOutlined = isOn
    outline(isOn)
  }

  function outline(isOn: boolean): void {
    outlines.replaceSync(isOn ? outlined : '')
    if (!document.adoptedStyleSheets.includes(outlines)) document.adoptedStyleSheets.push(outlines)
  }

  function renew(): void {
    remove()
    actions.renew()
  }

  function remove(): void {
    keeper.disconnect()
    clearInterval(pulse)
    document.removeEventListener('fullscreenchange', rise)
    banner.remove()
    marks.remove()
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== outlines)
    host.remove()
  }

  return {
    ask: consent.ask,
    asked: consent.keep,
    code: code.show,
    show(state: SessionState, isLost) {
      if (state.state !== 'code_issued') code.hide()
      if (state.scopes.includes('view')) outline(isOutlined)
      banner.show(state, isLost)
    },
    ...{ pointer: marks.pointer, draw: marks.draw, clear: marks.clear, highlight: marks.highlight },
    acted: banner.acted,
    outline(show, hidden) {
      outlined = outlineRules(show, hidden)
    },
    isOwnSheet: (other) => other === outlines,
    ended(reason) {
      consent.keep([])
      code.hide()
      banner.remove()
      marks.remove()
      outline(false)
      if (!reason) {
        remove()
        return
      }
      const note = h('p', { class: 'card beside note', role: 'status' }, t(REASONS[reason] ?? 'ended'))
      if (reason === 'timeout_code') note.append(button(t('newCode'), renew))
      note.append(button(t('close'), remove))
      root.append(note)
      setTimeout(remove, NOTE_MS)
    },
    remove,
  }
}

/**
 * Outside of a modal dialog of the page, and of what fills the screen, nothing can be clicked, and what is open lies
 * over the rest: we go where the customer is, and above. Over a film we are only seen; Esc ends it first. A question of
 * ours is a modal dialog itself and stays where it is.
 */
function keepOnTop(host: HTMLElement, root: ShadowRoot): void {
  if (root.querySelector('dialog') && host.isConnected) return
  const modal = [...document.querySelectorAll('dialog[open]')].filter((dialog) => dialog.matches(':modal')).at(-1)
  const full = document.fullscreenElement
  const place = modal ?? (full && showsChildren(full) ? full : document.documentElement)
  if (host.parentNode !== place) place.append(host)
  for (const layer of root.querySelectorAll<HTMLElement>('[popover]'))
    if (!layer.matches(':popover-open')) layer.showPopover()
}

/** Components show of what is put into them only what they have a place for. */
const showsChildren = (element: Element): boolean =>
  !element.shadowRoot && !/-|^(video|iframe|canvas|img|object|embed|svg)$/.test(element.localName)

const NEVER =
  'input:is([type=password],[type=file],[autocomplete^=cc-],[autocomplete=one-time-code],[autocomplete$=-password])'

/** Fields that no rule shows or that are never sent, and what is hidden by name. Outlines move nothing on the page. */
function outlineRules(show: string, hidden: string): string {
  const look = 'outline:2px dashed #b4690e!important;outline-offset:1px'
  const isOpen = show ? `:not(:where(${show}),:where(${show}) *)` : ''
  const texts = `:where(input,textarea,select,[contenteditable])${isOpen}`
  return `${texts},${NEVER}{${look}}${hidden ? `:where(${hidden}){${look}}` : ''}`
}
