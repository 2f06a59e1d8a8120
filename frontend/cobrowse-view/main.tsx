/**
 * The agent's view of a customer's page, a document of its own (channels_app/cobrowse/views.py): what is rebuilt in it
 * is under a policy of its own, under which nothing can be loaded. The frame never moves in the tree once it is there,
 * since a frame that is moved is emptied.
 */
import { render } from 'preact'
import { type Language, pickLanguage, translator } from '../shared/i18n'
import tokens from '../shared/styles/tokens.css?inline'
import { useStore } from '../shared/use-store'
import { Bar } from './bar'
import { Cover } from './cover'
import { listen } from './keys'
import { Controls, Over, Problem } from './playing/controls'
import { createPlayer } from './playing/player'
import { Sheet } from './sheet'
import { Surface } from './surface'
import { texts } from './texts'
import styles from './view.css?inline'
import { boxWords, createViewer, type Viewer } from './viewer'
import { keepZoomed } from './zoom'

function start(place: HTMLElement): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(tokens + styles)
  document.adoptedStyleSheets = [sheet]
  const { session = '', recording, socket = '', language } = place.dataset
  const head = part(place, 'header', 'head')
  const body = part(place, 'main', 'body')
  const area = part(body, 'div', 'area')
  const room = part(area, 'div', 'room')
  const page = part(room, 'div', 'page')
  const stage = part(page, 'div', 'stage')
  const over = part(page, 'div', 'over')
  const cover = part(body, 'div', 'covers')
  const notes = part(place, 'div', 'notes')
  if (recording) {
    play({ recording, socket, language: pickLanguage(language) }, { head, body, area, room, page, stage, over, cover })
    return
  }
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

/** What was recorded of a session. */
function play(settings: { recording: string; socket: string; language: Language }, parts: Parts): void {
  const words = boxWords(translator(settings.language, texts))
  const player = createPlayer({ ...settings, words }, parts.stage)
  parts.body.setAttribute('aria-label', player.t('label'))
  parts.page.classList.add('shown')
  keepZoomed(player, parts.area, parts.room, parts.page)
  document.addEventListener('keydown', (event) => {
    if (event.key !== ' ' || (event.target as Element).closest('button, input, select')) return
    event.preventDefault()
    player.toggle()
  })
  render(<Controls player={player} />, parts.head)
  render(<Over player={player} />, parts.over)
  render(<Problem player={player} />, parts.cover)
}

type Parts = Record<'head' | 'body' | 'area' | 'room' | 'page' | 'stage' | 'over' | 'cover', HTMLElement>

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
