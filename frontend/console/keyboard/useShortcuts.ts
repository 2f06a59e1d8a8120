import { useEffect, useEffectEvent, useRef } from 'react'
import { usePlaces } from '../app/NavBar'
import { go, routeOf, to } from '../app/router'
import { callKeys } from '../calls/keys'
import { runCommand } from '../conversation/commands'
import { useLive } from '../live/context'
import { offerGuard } from '../offers/guard'
import { useOfferActions } from '../offers/useOfferActions'
import { queueCursor } from '../queue/cursor'
import { useTakeRow } from '../queue/useTakeRow'
import { undoLatest } from '../ui/toast'

type Options = { openPalette: () => void; openSheet: () => void; blocked: boolean }

/** How long a `g` waits for its letter, in milliseconds. */
const SEQUENCE_MS = 1_500

/** The keys that work everywhere outside of text boxes, menus and dialogs. */
export function useShortcuts({ openPalette, openSheet, blocked }: Options): void {
  const live = useLive()
  const places = usePlaces()
  const { accept, decline } = useOfferActions()
  const takeRow = useTakeRow()
  const goUntil = useRef(0)

  const answerable = () => {
    const id = offerGuard.answerable(Date.now())
    return live.offers.getSnapshot().find((offer) => offer.id === id)
  }
  const openId = () => {
    const route = routeOf(location.pathname)
    return route.name === 'interaction' ? route.id : null
  }
  /** The row that has the focus, else the open interaction. */
  const take = () => {
    const row = queueCursor.focused()
    if (row !== null && row !== openId()) takeRow(row)
    else runCommand('take')
  }
  const keys: Record<string, () => unknown> = {
    j: () => queueCursor.move(1, openId()),
    k: () => queueCursor.move(-1, openId()),
    a: () => {
      const offer = answerable()
      if (offer) accept(offer)
      else if (offerGuard.mayTake(Date.now())) take()
    },
    d: () => {
      const offer = answerable()
      if (offer) decline(offer)
    },
    r: () => runCommand('reply'),
    n: () => runCommand('note'),
    t: () => runCommand('transfer'),
    e: () => runCommand('close'),
    o: () => runCommand('reopen'),
    u: () => runCommand('release'),
    i: () => runCommand('customer'),
    m: () => callKeys.getSnapshot().mute?.(),
    h: () => callKeys.getSnapshot().hold?.(),
    z: undoLatest,
    '/': () => go(to.search()),
    '?': openSheet,
    Escape: () => leave(openId()),
    g: () => {
      goUntil.current = Date.now() + SEQUENCE_MS
    },
  }

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k' && !blocked) {
      event.preventDefault()
      return openPalette()
    }
    if (event.key === 'Escape' && !event.defaultPrevented && isField(event.target as HTMLElement))
      return leaveField(event)
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || blocked || isBusy(event)) return
    const place = Date.now() < goUntil.current && places.find(({ shortcut }) => shortcut === `g ${event.key}`)
    goUntil.current = 0
    const run = place ? () => go(place.path) : keys[event.key]
    if (!run) return
    event.preventDefault()
    run()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}

/** Typing, or inside something that has keys of its own. */
function isBusy(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement
  if (isField(target)) return true
  return document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]') !== null
}

function isField(target: HTMLElement): boolean {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/** Out of a box, so that the keys of the page work again; the composer and dialogs see to themselves. */
function leaveField(event: KeyboardEvent): void {
  const target = event.target as HTMLElement
  if (target.closest('.composer, [role="dialog"]')) return
  document.getElementById('main')?.focus({ preventScroll: true })
}

/** Back to the queue, with the focus on the row one came from. */
function leave(id: string | null): void {
  if (id === null) return
  go(to.queue())
  requestAnimationFrame(() => queueCursor.focus(id))
}
