/**
 * The widget comes when the page is done and the browser idle: a reader of an article must not wait for the chat.
 * `script` is our own, which names the site.
 */
export function loadWidget(site: string): void {
  const script = document.createElement('script')
  script.src = '/widget.js'
  script.async = true
  script.dataset.site = site
  document.body.append(script)
}

/** Runs it when nothing else is to do; browsers without idle time wait a moment. */
export function whenIdle(run: () => void): void {
  const soon = window.requestIdleCallback ?? ((later: () => void) => setTimeout(later, 200))
  if (document.readyState === 'complete') soon(run)
  else addEventListener('load', () => soon(run))
}

/** Chatting needs scripts, so it is offered by one. Where the widget is not there, the link leads to the form. */
export function offerChat(page: Document): void {
  page.documentElement.dataset.canChat = ''
  page.addEventListener('click', (event) => {
    if (!(event.target instanceof Element) || !event.target.closest('[data-chat]')) return
    const launcher = page.querySelector('interaction-center')?.shadowRoot?.querySelector('button')
    if (!launcher) return
    event.preventDefault()
    if (launcher.getAttribute('aria-expanded') !== 'true') launcher.click()
  })
}
