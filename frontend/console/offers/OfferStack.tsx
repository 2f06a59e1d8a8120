import { Check, CircleSlash, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { type Key, useI18n } from '../i18n'
import type { Offer } from '../live/center'
import { useLive } from '../live/context'
import { Button, Kbd } from '../ui/Button'
import { ChannelIcon, channelKey } from '../ui/Channel'
import { useStore } from '../ui/useStore'
import { Countdown } from './Countdown'
import { playOfferSound } from './sound'
import { useOfferActions } from './useOfferActions'

/** A click this soon after the card appeared was meant for something else. */
const GUARD_MS = 700
const REVOKED: Record<string, Key> = {
  lapsed: 'offer.lapsed',
  taken: 'offer.taken',
  closed: 'offer.closed',
}

/** The work offered to this person, one card each, above everything else. */
export function OfferStack() {
  const { t } = useI18n()
  const offers = useStore(useLive().offers)
  const first = offers.find((offer) => !offer.revoked)?.id
  const heard = useRef(new Set<string>())
  useEffect(() => {
    const unheard = offers.filter((offer) => !offer.revoked && !heard.current.has(offer.id))
    for (const offer of unheard) heard.current.add(offer.id)
    if (unheard.length > 0) playOfferSound()
  }, [offers])
  return (
    <section className="offers" aria-label={t('offer.region')}>
      <div role="alert" className="visually-hidden">
        {offers
          .filter((offer) => !offer.revoked)
          .map((offer) => t('offer.announce', { name: offer.row.customer.name }))}
      </div>
      {offers.map((offer) => (
        <OfferCard key={offer.id} offer={offer} compact={offer.id !== first} />
      ))}
    </section>
  )
}

/** The first one in full, those behind it on one line each: they must not hide the page. */
function OfferCard({ offer, compact }: { offer: Offer; compact: boolean }) {
  const { t } = useI18n()
  const { accept, decline } = useOfferActions()
  const guarded = useGuard()
  const { row } = offer
  if (offer.revoked) {
    return (
      <article className="offer offer-revoked" role="status">
        <CircleSlash size={20} aria-hidden="true" />
        <p>{t(REVOKED[offer.revoked] ?? 'offer.gone', { name: row.customer.name || t('customer.unnamed') })}</p>
      </article>
    )
  }
  return (
    <article className={compact ? 'offer offer-compact' : 'offer'} aria-labelledby={`offer-${offer.id}`}>
      <header className="offer-head">
        <Countdown until={offer.expiresAt} seconds={offer.seconds} />
        <div className="offer-who">
          <p className="offer-kind">
            <ChannelIcon channel={row.channel} silent />
            {t('offer.title', { channel: t(channelKey(row.channel)) })}
          </p>
          <h2 id={`offer-${offer.id}`}>{row.customer.name || t('customer.unnamed')}</h2>
        </div>
      </header>
      {!compact && <p className="offer-words">{row.first_words || row.subject || t('queue.no_words')}</p>}
      <footer className="offer-actions" inert={guarded}>
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

function useGuard(): boolean {
  const [guarded, setGuarded] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setGuarded(false), GUARD_MS)
    return () => clearTimeout(timer)
  }, [])
  return guarded
}
