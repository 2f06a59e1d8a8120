import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Named } from '../api/types'
import { useMay } from '../app/me'
import type { Phone } from './types'

const MY_PHONE = ['my-phone']
const PHONES = ['phones']

/** Where I am rung. */
export function useMyPhone() {
  const enabled = useMay('work_queue')
  return useQuery({
    queryKey: MY_PHONE,
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => api.get<Phone>('/api/callback/my-phone', signal),
  })
}

/** Where everybody is rung, for administrators. */
export function usePhones(enabled: boolean) {
  return useQuery({
    queryKey: PHONES,
    enabled,
    queryFn: ({ signal }) => api.all<Phone & Named>('/api/callback/phones', signal),
  })
}

/** Changes my telephone, or that of `user`. */
export function useSavePhone(user?: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (phone: Phone) =>
      api.put<Phone>(user ? `/api/callback/phones/${user}` : '/api/callback/my-phone', phone),
    onSuccess: () => {
      queries.invalidateQueries({ queryKey: MY_PHONE })
      queries.invalidateQueries({ queryKey: PHONES })
    },
  })
}
