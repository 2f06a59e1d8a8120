import { useEffect, useRef } from 'react'
import { useLive } from '../live/context'
import { useStore } from '../ui/useStore'
import { offerGuard } from './guard'
import { playOfferSound } from './sound'

/** Sounds once for each new offer, and tells the guard what is on screen. */
export function useOfferNews(): void {
  const offers = useStore(useLive().offers)
  const heard = useRef(new Set<string>())
  useEffect(() => {
    const unheard = offers.filter((offer) => !offer.revoked && !heard.current.has(offer.id))
    for (const offer of unheard) heard.current.add(offer.id)
    if (unheard.length > 0) playOfferSound()
  }, [offers])
}

/** The guard hears of a change before anything is drawn. */
export function useOfferGuard(): void {
  const { offers } = useLive()
  useEffect(() => {
    const see = () => offerGuard.see(offers.getSnapshot(), Date.now())
    see()
    return offers.subscribe(see)
  }, [offers])
}
