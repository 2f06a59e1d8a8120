/** The panel: loaded by the launcher, and from then on in charge of it. */
import { render } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import tokens from '../shared/styles/tokens.css?inline'
import { useStore } from '../shared/use-store'
import { ArticleView, ThanksView } from './article'
import { unread } from './chat'
import { ChatView } from './chat-view'
import { DoorView, Home } from './home'
import bubbles from './styles/chat.css?inline'
import frame from './styles/frame.css?inline'
import { createWidget, type Launched, useWidget, type Widget, WidgetContext } from './widget'

export function start(launched: Launched): { toggle(): void } {
  const { host, root, launcher } = launched
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(tokens + frame + bubbles)
  root.adoptedStyleSheets.push(sheet)
  const widget = createWidget(launched)
  const { isOpen, chat } = widget
  const show = (): void => launcher.show(isOpen.getSnapshot(), unread(chat.state.getSnapshot()))
  isOpen.subscribe(show)
  chat.state.subscribe(show)
  followKeyboard(host)
  render(<App widget={widget} />, root.appendChild(document.createElement('div')))
  return {
    toggle() {
      if (isOpen.getSnapshot()) return widget.close()
      const atHome = widget.view.getSnapshot().name === 'home'
      if (unread(chat.state.getSnapshot()) || (atHome && chat.isRunning())) widget.ask('')
      widget.open()
    },
  }
}

function App({ widget }: { widget: Widget }) {
  const open = useStore(widget.isOpen)
  return <WidgetContext.Provider value={widget}>{open && <Panel />}</WidgetContext.Provider>
}

function Panel() {
  const { t, view, close, settings } = useWidget()
  const shown = useStore(view)
  const panel = useRef<HTMLDivElement>(null)
  // Focus goes where a person goes on: a marked field, else the panel itself (a phone's keyboard stays down).
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the screen moves the focus anew
  useEffect(() => {
    const roomy = matchMedia('(min-width: 481px)').matches
    const target = roomy ? panel.current?.querySelector<HTMLElement>('[data-focus]') : null
    ;(target ?? panel.current)?.focus()
  }, [shown.name])

  // Typing here must not set off the shortcuts of the host page.
  const keep = (event: KeyboardEvent): void => event.stopPropagation()
  const onKeyDown = (event: KeyboardEvent): void => {
    keep(event)
    if (event.key === 'Escape' && !event.isComposing) close()
  }
  return (
    <div
      ref={panel}
      class="panel"
      role="dialog"
      aria-label={t('panel')}
      lang={settings.language}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onKeyUp={keep}
      onKeyPress={keep}
    >
      {shown.name === 'home' && <Home q={shown.q} />}
      {shown.name === 'article' && <ArticleView key={shown.id} {...shown} />}
      {shown.name === 'thanks' && <ThanksView />}
      {shown.name === 'chat' && <ChatView />}
      {shown.name === 'door' && <DoorView q={shown.q} />}
    </div>
  )
}

/** A phone's keyboard covers the page without resizing it; only the visual viewport tells what is left. */
function followKeyboard(host: HTMLElement): void {
  const view = window.visualViewport
  if (!view) return
  const measure = (): void => {
    host.style.setProperty('--view-height', `${view.height}px`)
    host.style.setProperty('--view-top', `${view.offsetTop}px`)
  }
  measure()
  view.addEventListener('resize', measure)
  view.addEventListener('scroll', measure)
}
