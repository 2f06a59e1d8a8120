import { QueryCache, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { Tooltip } from 'radix-ui'
import { useEffect, useState } from 'react'
import { ApiError, api, setCsrfToken } from '../api/client'
import type { Me } from '../api/types'
import { I18nProvider } from '../i18n'
import { LiveProvider } from '../live/context'
import { ErrorState } from '../ui/states'
import { Toasts } from '../ui/Toasts'
import { isSignedOut, signInAgain } from './errors'
import { MeProvider } from './me'
import { Shell, ShellSkeleton } from './Shell'
import { applyTheme } from './theme'

const FRESH_MS = 20_000
const TRIES = 2

export function App() {
  const [queries] = useState(newQueryClient)
  return (
    <QueryClientProvider client={queries}>
      <Tooltip.Provider delayDuration={400}>
        <SignedIn />
      </Tooltip.Provider>
    </QueryClientProvider>
  )
}

function SignedIn() {
  const me = useQuery({
    queryKey: ['me'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const answer = await api.get<Me>('/api/me')
      setCsrfToken(answer.csrf)
      return answer
    },
  })
  const language = me.data?.language ?? document.documentElement.lang
  const theme = me.data?.theme
  useEffect(() => {
    if (theme) applyTheme(theme)
  }, [theme])
  useEffect(() => {
    if (language) document.documentElement.lang = language
  }, [language])
  return (
    <I18nProvider language={language}>
      {me.data ? (
        <MeProvider me={me.data}>
          <LiveProvider me={me.data}>
            <Shell />
          </LiveProvider>
        </MeProvider>
      ) : me.error && !isSignedOut(me.error) ? (
        <main className="lonely">
          <ErrorState heading="h1" error={me.error} onRetry={() => me.refetch()} />
        </main>
      ) : (
        <ShellSkeleton />
      )}
      <Toasts />
    </I18nProvider>
  )
}

function newQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isSignedOut(error)) signInAgain()
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (count, error) =>
          count < TRIES && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
      },
    },
  })
}
