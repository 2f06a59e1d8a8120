import { useMutation, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext } from 'react'
import { api } from '../api/client'
import type { Me, Permission, Wanted } from '../api/types'
import { useI18n } from '../i18n'
import { missedOffers } from '../offers/missed'
import { reportError } from './errors'

const MeContext = createContext<Me | null>(null)

export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <MeContext value={me}>{children}</MeContext>
}

/** The signed-in person. */
export function useMe(): Me {
  const me = useContext(MeContext)
  if (!me) throw new Error('useMe needs a MeProvider above it')
  return me
}

export function useMay(permission: Permission): boolean {
  return useMe().permissions.includes(permission)
}

/** Changes language, theme or name: seen at once, taken back when the server refuses. */
export function useChangeMe() {
  return useOptimisticMe((change: Partial<Pick<Me, 'language' | 'theme' | 'name'>>) => api.patch('/api/me', change))
}

/** Whoever says how it is has read that offers were missed. */
export function useChangeStatus() {
  return useOptimisticMe((change: { wanted: Wanted }) => {
    missedOffers.set(false)
    return api.post('/api/me/status', change)
  })
}

function useOptimisticMe<C extends Partial<Me>>(send: (change: C) => Promise<unknown>) {
  const queries = useQueryClient()
  const { t } = useI18n()
  return useMutation({
    mutationFn: send,
    onMutate: (change: C) => {
      const before = queries.getQueryData<Me>(['me'])
      if (before) queries.setQueryData<Me>(['me'], { ...before, ...change })
      return { before }
    },
    onError: (error, _change, context) => {
      if (context?.before) queries.setQueryData(['me'], context.before)
      reportError(error, t)
    },
  })
}
