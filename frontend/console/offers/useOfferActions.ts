import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Row } from '../api/types'
import { reportError } from '../app/errors'
import { useMe } from '../app/me'
import { go, to } from '../app/router'
import { focusComposer } from '../composer/focus'
import { useI18n } from '../i18n'
import type { Offer } from '../live/center'
import { spreadRow, useLive } from '../live/context'

/** Accept opens the interaction; decline sends it on to the next person. */
export function useOfferActions() {
  const live = useLive()
  const queries = useQueryClient()
  const me = useMe()
  const { t } = useI18n()
  const answer = useMutation({
    mutationFn: ({ offer, accept }: { offer: Offer; accept: boolean }) =>
      api.post<Row>(`/api/offers/${offer.id}/${accept ? 'accept' : 'decline'}`),
    onMutate: ({ offer }) => live.removeOffer(offer.id),
    onSuccess: (row, { offer, accept }) => {
      if (row) spreadRow(queries, row, me.id)
      queries.invalidateQueries({ queryKey: ['interaction', offer.c] })
      if (!accept) return
      go(to.interaction(offer.c))
      focusComposer('message')
    },
    onError: (error) => reportError(error, t),
  })
  return {
    accept: (offer: Offer) => answer.mutate({ offer, accept: true }),
    decline: (offer: Offer) => answer.mutate({ offer, accept: false }),
  }
}
