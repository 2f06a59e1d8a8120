/** The round button at the edge of the host page, without a framework: most visitors never need more. */
import { dictionary, type Language, translator } from '../shared/i18n'

const texts = dictionary({
  en: { open: 'Open help and chat', close: 'Close help and chat', unread: '{n} unread message|{n} unread messages' },
  de: {
    open: 'Hilfe und Chat öffnen',
    close: 'Hilfe und Chat schließen',
    unread: '{n} ungelesene Nachricht|{n} ungelesene Nachrichten',
  },
})

/** lucide (ISC licence): message-circle, chevron-down */
const CHAT =
  'M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719'
const DOWN = 'm6 9 6 6 6-6'
const SVG = 'http://www.w3.org/2000/svg'

export interface Launcher {
  button: HTMLButtonElement
  show(open: boolean, unread: number): void
}

export function createLauncher(root: ShadowRoot, language: Language): Launcher {
  const t = translator(language, texts)
  const button = document.createElement('button')
  const icon = document.createElementNS(SVG, 'svg')
  const path = document.createElementNS(SVG, 'path')
  const badge = document.createElement('span')
  button.type = 'button'
  button.className = 'launcher'
  button.lang = language
  badge.className = 'badge'
  icon.setAttribute('viewBox', '0 0 24 24')
  icon.setAttribute('aria-hidden', 'true')
  icon.append(path)
  button.append(icon, badge)
  root.append(button)

  const show = (open: boolean, unread: number): void => {
    const news = !open && unread > 0
    button.setAttribute('aria-expanded', String(open))
    button.setAttribute(
      'aria-label',
      open ? t('close') : news ? `${t('open')}, ${t('unread', { n: unread })}` : t('open'),
    )
    path.setAttribute('d', open ? DOWN : CHAT)
    badge.hidden = !news
    badge.textContent = unread > 9 ? '9+' : String(unread)
  }
  show(false, 0)
  return { button, show }
}
