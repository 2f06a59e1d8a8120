/** Always in sight while anything is shown: who sees the page, and the way to stop it. */
import type { SessionState } from '../../../shared/cobrowse/wire'
import { clockTime, type Language, type Translator } from '../../../shared/i18n'
import type { TextKey } from '../texts'
import { button, h } from './dom'

export interface BannerActions {
  stop(): void
  pause(isPaused: boolean): void
  takeBack(scope: 'control' | 'record'): void
  outline(isOn: boolean): void
}

export interface Banner {
  show(state: SessionState, isLost: boolean): void
  acted(kind: string): void
  remove(): void
}

const ACTIONS: Record<string, TextKey> = {
  'input.click': 'clicked',
  'input.scroll': 'scrolled',
  'input.type': 'typed',
  'input.select': 'chose',
}
const TWICE_MS = 1000

export function createBanner(
  root: ShadowRoot,
  t: Translator<TextKey>,
  language: Language,
  actions: BannerActions,
): Banner {
  let isPaused = false
  let isOutlined = true
  const words = h('span', { class: 'words', role: 'status' })
  const last = h('span', { class: 'last' })
  const outline = button(t('outline'), toggleOutline, {
    class: 'switch',
    'aria-pressed': 'true',
    title: t('outlineHint'),
  })
  const pause = button(t('pause'), () => actions.pause(!isPaused))
  const takeBack = button(t('takeBack'), () => actions.takeBack('control'))
  const record = button(t('stopRecording'), () => actions.takeBack('record'))
  const stop = button(t('stop'), actions.stop, { class: 'stop', title: t('stopHint') })
  const frame = h('div', { class: 'frame', popover: 'manual', hidden: '' })
  const banner = h(
    'section',
    { class: 'banner', popover: 'manual', 'aria-label': t('banner'), hidden: '' },
    h('span', { class: 'dot' }),
    words,
    last,
  )
  banner.append(takeBack, record, outline, pause, stop)
  root.append(frame, banner)

  function toggleOutline(): void {
    isOutlined = !isOutlined
    outline.setAttribute('aria-pressed', String(isOutlined))
    actions.outline(isOutlined)
  }

  /** Once where it can mean nothing else; elsewhere twice, as pages use the key for their own. */
  let pressedAt = Number.NEGATIVE_INFINITY
  function watchEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.repeat || banner.hidden) return
    const isHere = root.activeElement !== null && banner.contains(root.activeElement)
    const isTwice = event.timeStamp - pressedAt < TWICE_MS
    pressedAt = event.timeStamp
    if (isHere || isTwice) actions.stop()
  }
  window.addEventListener('keydown', watchEscape, true)

  function sentence(state: SessionState, isLost: boolean): string {
    const names = state.agents.map(({ name }) => name)
    const controller = state.agents.find(({ id }) => id === state.controller)
    if (isLost) return t('lost')
    if (isPaused) return t('pausedMine')
    if (controller) return t('controls', { name: controller.name })
    if (!names.length) return t('shown')
    return t('sees', { name: new Intl.ListFormat(language).format(names), n: names.length })
  }

  return {
    show(state, isLost) {
      isPaused = state.paused === true
      const isControlled = state.controller !== null && state.scopes.includes('control') && !isPaused
      banner.hidden = !state.scopes.includes('view')
      banner.classList.toggle('controlled', isControlled)
      banner.classList.toggle('resting', isPaused || isLost)
      frame.hidden = !isControlled
      takeBack.hidden = !isControlled
      record.hidden = !state.scopes.includes('record')
      if (!isControlled) last.textContent = ''
      pause.textContent = t(isPaused ? 'goOn' : 'pause')
      const now = [sentence(state, isLost), record.hidden || isPaused ? '' : t('recorded')].filter(Boolean).join(' ')
      if (words.textContent !== now) words.textContent = now
    },
    acted(kind) {
      const what = ACTIONS[kind]
      if (what) last.textContent = t('last', { what: t(what), at: clockTime(language, Date.now()) })
    },
    remove() {
      window.removeEventListener('keydown', watchEscape, true)
      banner.remove()
      frame.remove()
    },
  }
}
