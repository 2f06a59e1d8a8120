/**
 * The agent's view of a customer's page, a document of its own (channels_app/cobrowse/views.py): what is rebuilt in it
 * is under a policy of its own, under which nothing can be loaded. The frame never moves in the tree once it is there,
 * since a frame that is moved is emptied.
 */
import { render } from 'preact'
import { pickLanguage } from '../shared/i18n'
import tokens from '../shared/styles/tokens.css?inline'
import { Bar } from './bar'
import { Cover } from './cover'
import { useStore } from './hooks'
import { listen } from './keys'
import { Sheet } from './sheet'
import { Surface } from './surface'
import styles from './view.css?inline'
import { createViewer, type Viewer } from './viewer'
import { keepZoomed } from './zoom'

function start(place: HTMLElement): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(tokens + styles)
  document.adoptedStyleSheets = [sheet]
  const { session = '', socket = '', language } = place.dataset
  const head = part(place, 'header', 'head')
  const body = part(place, 'main', 'body')
  const area = part(body, 'div', 'area')
  const room = part(area, 'div', 'room')
  const page = part(room, 'div', 'page')
  const stage = part(page, 'div', 'stage')
  const over = part(page, 'div', 'over')
  const cover = part(body, 'div', 'covers')
  const notes = part(place, 'div', 'notes')
  const viewer = createViewer({ session, socket, language: pickLanguage(language) }, stage)
  body.setAttribute('aria-label', viewer.t('label'))
  keepZoomed(viewer, area, room, page)
  listen(viewer)
  viewer.picture.subscribe(() => page.classList.toggle('shown', viewer.picture.getSnapshot() !== 'none'))
  render(<Bar viewer={viewer} />, head)
  render(<Surface viewer={viewer} />, over)
  render(<Cover viewer={viewer} />, cover)
  render(<Notes viewer={viewer} />, notes)
}

function part(parent: HTMLElement, tag: string, name: string): HTMLElement {
  const made = document.createElement(tag)
  made.className = name
  parent.append(made)
  return made
}

function Notes({ viewer }: { viewer: Viewer }) {
  const notice = useStore(viewer.notice)
  return (
    <>
      <div role="status">{notice && <p class={`notice ${notice.tone}`}>{notice.words}</p>}</div>
      <Sheet viewer={viewer} />
    </>
  )
}

const place = document.getElementById('view')
if (place) start(place)
