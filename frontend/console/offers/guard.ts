/** Keeps an offer from being answered by a click or key that was meant for something else. Pure: times are told. */
import type { Offer } from '../live/center'

/** A click or key this soon after a card came first was meant for something else; in milliseconds. */
export const GUARD_MS = 700
/** The same after a card went away: whoever was about to accept must not take what lies behind it. */
const AFTER_END_MS = 1_500

export class OfferGuard {
  private since = new Map<string, number>()
  private first: string | null = null
  private endedAt = Number.NEGATIVE_INFINITY

  /** The offers as they are on screen now. */
  see(offers: Offer[], now: number): void {
    const open = offers.filter((offer) => !offer.revoked).map((offer) => offer.id)
    if ([...this.since.keys()].some((id) => !open.includes(id))) this.endedAt = now
    const first = open[0] ?? null
    const known = this.since
    this.since = new Map(open.map((id) => [id, id === first && id !== this.first ? now : (known.get(id) ?? now)]))
    this.first = first
  }

  /** How long the buttons of this card stay shut, in milliseconds. */
  shutFor(id: string, now: number): number {
    return Math.max(0, (this.since.get(id) ?? now) + GUARD_MS - now)
  }

  /** The offer that a key answers now: the first one, once it has been there long enough. */
  answerable(now: number): string | null {
    return this.first !== null && this.shutFor(this.first, now) === 0 ? this.first : null
  }

  /** Whether the key that accepts may take the focused row or the open interaction instead. */
  mayTake(now: number): boolean {
    return this.first === null && now - this.endedAt >= AFTER_END_MS
  }
}

/** The one of this page. */
export const offerGuard = new OfferGuard()
