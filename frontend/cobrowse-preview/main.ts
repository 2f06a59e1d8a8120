/** One of the two documents of a preview (channels_app/cobrowse/previews.py). It speaks with the console that frames it. */
import { showAgents } from './agents'
import { showPage } from './page'
import type { Passed, Ready, ToAgents, ToPage } from './wire'

const { part, language } = document.body.dataset
// The sandboxed document does not know the console's origin; only our own pages may frame it.
const tell = (message: Ready | Passed): void => parent.postMessage(message, '*')
const take = part === 'page' ? showPage(tell) : showAgents(language)

addEventListener('message', ({ source, data }) => {
  if (source === parent) take(data as ToPage & ToAgents)
})
tell({ ready: part === 'page' ? 'page' : 'agents' })
