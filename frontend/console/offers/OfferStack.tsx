import { Check, ChevronDown, ChevronUp, CirclePause, TimerOff, X } from 'lucide-react'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useChangeStatus } from '../app/me'
import { type Key, type Translate, useI18n } from '../i18n'
import type { Offer } from '../live/center'
import { useLive } from '../live/context'
import { Button, IconButton, Kbd } from '../ui/Button'
import { ChannelIcon, channelKey } from '../ui/Channel'
import { useStore } from '../ui/useStore'
import { Countdown } from './Countdown'
import { offerGuard } from './guard'
import { missedOffers } from './missed'
import { useOfferActions } from './useOfferActions'

const ENDED: Record<string, Key> = {
  lapsed: 'offer.lapsed',
  taken: 'offer.taken',
  closed: 'offer.closed',
  transferred: 'offer.transferred',
}

/** The work offered to this person, in a place of its own: one card in full, those behind it only when asked for. */
export function OfferStack() {
  const { t } = useI18n()
  const offers = useStore(useLive().offers)
  const missed = useStore(missedOffers)
  const [unfolded, setUnfolded] = useState(false)
  const box = useRef<HTMLElement>(null)
  useStillList(box)
  const open = offers.filter((offer) => !offer.revoked)
  const ended = offers.filter((offer) => offer.revoked)
  const [first, ...behind] = open
  return (
    <section ref={box} className="offers" aria-label={t('offer.region')}>
      <div role="alert" className="visually-hidden">
        {open.map((offer) => t('offer.announce', { name: nameOf(offer, t) }))}
      </div>
      {first && <OfferCard key={first.id} offer={first} compact={false} />}
      {behind.length > 0 && (
        <button
          type="button"
          className="offers-more"
          aria-expanded={unfolded}
          onClick={() => setUnfolded((before) => !before)}
        >
          {unfolded ? <ChevronUp size={14} aria-hidden="true" /> : <ChevronDown size={14} aria-hidden="true" />}
          {t('offer.more', { n: behind.length })}
        </button>
      )}
      {unfolded && behind.length > 0 && (
        <div className="offers-behind">
          {behind.map((offer) => (
            <OfferCard key={offer.id} offer={offer} compact />
          ))}
        </div>
      )}
      {missed ? <Missed /> : ended.length > 0 && <Ended offers={ended} />}
    </section>
  )
}

function OfferCard({ offer, compact }: { offer: Offer; compact: boolean }) {
  const { t } = useI18n()
  const { accept, decline } = useOfferActions()
  const shut = useShut(offer.id, compact)
  const { row } = offer
  return (
    <article className={compact ? 'offer offer-compact' : 'offer'} aria-labelledby={`offer-${offer.id}`}>
      <header className="offer-head">
        <Countdown until={offer.expiresAt} seconds={offer.seconds} />
        <div className="offer-who">
          <p className="offer-kind">
            <ChannelIcon channel={row.channel} silent />
            {t('offer.title', { channel: t(channelKey(row.channel)) })}
          </p>
          <h2 id={`offer-${offer.id}`}>{nameOf(offer, t)}</h2>
        </div>
      </header>
      {!compact && <p className="offer-words">{row.first_words || row.subject || t('queue.no_words')}</p>}
      <footer className="offer-actions" inert={shut}>
        <Button icon={X} onClick={() => decline(offer)} aria-label={compact ? t('offer.decline') : undefined}>
          {!compact && t('offer.decline')}
        </Button>
        <Button
          variant="primary"
          icon={Check}
          onClick={() => accept(offer)}
          aria-label={compact ? t('offer.accept') : undefined}
        >
          {!compact && t('offer.accept')}
          {!compact && <Kbd keys="a" />}
        </Button>
      </footer>
    </article>
  )
}

/** What has become of offers that are over, on one line that goes away by itself. */
function Ended({ offers }: { offers: Offer[] }) {
  const { t } = useI18n()
  const [only] = offers
  const text =
    offers.length > 1 || !only
      ? t('offer.ended', { n: offers.length })
      : t(ENDED[only.revoked ?? ''] ?? 'offer.gone', { name: nameOf(only, t) })
  return (
    <p className="offers-line" role="status" title={text}>
      <TimerOff size={16} aria-hidden="true" />
      <span className="clip">{text}</span>
    </p>
  )
}

/** Two offers were missed: said until it is answered, for whoever comes back to the desk. */
function Missed() {
  const { t } = useI18n()
  const change = useChangeStatus()
  return (
    <div className="offers-missed" role="status">
      <CirclePause size={16} aria-hidden="true" />
      <p>{t('offer.missed')}</p>
      <Button small onClick={() => change.mutate({ wanted: 'available' })}>
        {t('offer.back')}
      </Button>
      <IconButton
        label={t('common.close')}
        icon={X}
        className="icon-button-small"
        onClick={() => missedOffers.set(false)}
      />
    </div>
  )
}

function nameOf(offer: Offer, t: Translate): string {
  return offer.row.customer.name || t('customer.unnamed')
}

/** True while a click on the card cannot have been meant for it. */
function useShut(id: string, compact: boolean): boolean {
  const [shut, setShut] = useState(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a card that becomes the first is guarded anew
  useEffect(() => {
    setShut(true)
    const timer = setTimeout(() => setShut(false), offerGuard.shutFor(id, Date.now()))
    return () => clearTimeout(timer)
  }, [id, compact])
  return shut
}

/** The rows of the queue below stay where they are under a pointer that rests on them. */
function useStillList(box: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    let height = element.offsetHeight
    const observer = new ResizeObserver(() => {
      const grown = element.offsetHeight - height
      height = element.offsetHeight
      document.querySelector('.queue-list:hover')?.scrollBy({ top: grown, behavior: 'instant' })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
}
