import 'htmx.org'
import { moveByArrows } from './arrows'
import { countAsked } from './asked'
import { loadWidget, offerChat, whenIdle } from './chat'

/** All that the help pages do with scripts beside htmx's attributes; without any of it they do the same, slower. */
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-asked]')) countAsked(form)
moveByArrows(document)

const site = document.querySelector<HTMLElement>('script[data-site]')?.dataset.site
if (site) {
  offerChat(document)
  whenIdle(() => loadWidget(site))
}
