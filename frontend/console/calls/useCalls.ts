/** Requests, calls and lines as the server knows them; frames keep them up to date, nothing asks by the clock. */
import { type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, withQuery } from '../api/client'
import type { Page } from '../api/types'
import { reportError } from '../app/errors'
import { useMay, useMe } from '../app/me'
import { useI18n } from '../i18n'
import { isMine, withCall } from './call'
import type { Call, CallRequest, Line, RequestDetail, SlotCalendar } from './types'

const MINE = ['calls']
const LINES = ['phone-lines']
export const SLOT_DAYS = 14
export type RequestView = 'due' | 'scheduled' | 'ended'

/** The calls that I am on, or have still to write up. */
export function useMyCalls(): Call[] {
  const enabled = useMay('work_queue')
  const calls = useQuery({
    queryKey: MINE,
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await api.get<{ items: Call[] }>('/api/callback/calls/mine', signal)).items,
  })
  return calls.data ?? []
}

/** The wish to be called of one interaction, and its calls. */
export function useCallback(interaction: string, enabled = true) {
  return useQuery({
    queryKey: ['callback', interaction],
    enabled: enabled && interaction !== '',
    queryFn: ({ signal }) => api.get<RequestDetail>(`/api/callback/requests/${interaction}`, signal),
  })
}

export function useRequests(view: RequestView, line: string) {
  return useInfiniteQuery({
    queryKey: ['callbacks', view, line],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<CallRequest>>(withQuery('/api/callback/requests', { view, line, cursor: pageParam }), signal),
    getNextPageParam: (page) => page.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  })
}

export function useLines() {
  const enabled = useMay('work_queue')
  return useQuery({
    queryKey: LINES,
    enabled,
    queryFn: ({ signal }) => api.all<Line>('/api/callback/lines', signal),
  })
}

/** The times on offer; with an interaction those at which its own customer may be rung. */
export function useSlots(line: string, interaction = '', days = SLOT_DAYS) {
  return useQuery({
    queryKey: ['callbacks', 'slots', line, interaction, days],
    enabled: line !== '',
    queryFn: ({ signal }) =>
      api.get<SlotCalendar>(withQuery('/api/callback/slots', { line, interaction, days }), signal),
  })
}

/** Works a call that was pushed into what is shown; an answer under way may be older, so it is asked for once more. */
export function putCall(queries: QueryClient, call: Call, me: string): void {
  const detail = ['callback', call.interaction]
  queries.setQueryData<Call[]>(MINE, (calls) => calls && withCall(calls, call, isMine(call, me)))
  queries.setQueryData<RequestDetail>(
    detail,
    (known) => known && { ...known, calls: withCall(known.calls, call, true) },
  )
  for (const queryKey of [MINE, detail]) if (queries.isFetching({ queryKey })) queries.invalidateQueries({ queryKey })
}

/** What was missed while the line was away, or may have changed with a row. */
export function refreshCalls(queries: QueryClient): void {
  for (const queryKey of [MINE, ['callback']]) queries.invalidateQueries({ queryKey })
  refreshRequests(queries)
}

export function refreshRequests(queries: QueryClient): void {
  queries.invalidateQueries({ queryKey: ['callbacks'] })
}

export function refreshLines(queries: QueryClient): void {
  queries.invalidateQueries({ queryKey: LINES })
  queries.invalidateQueries({ queryKey: ['resource', '/api/callback/lines'] })
}

/** A command to one call; what it did comes as a frame. */
export function useCallCommand(call: Call) {
  const { t } = useI18n()
  return useMutation({
    mutationFn: ({ name, body }: { name: string; body?: unknown }) =>
      api.post(`/api/callback/calls/${call.id}/${name}`, body),
    onError: (error) => reportError(error, t),
  })
}

/** Move, cancel or call now. */
export function useRequestCommand(interaction: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, body }: { name: 'move' | 'cancel' | 'call-now'; body?: unknown }) =>
      api.post(`/api/callback/requests/${interaction}/${name}`, body),
    onSettled: () => {
      queries.invalidateQueries({ queryKey: ['callback', interaction] })
      refreshRequests(queries)
    },
  })
}

/** Stops or starts dialling: seen at once, taken back when the server refuses. `line` "" = all of them. */
export function usePause() {
  const queries = useQueryClient()
  const me = useMe()
  const { t } = useI18n()
  return useMutation({
    mutationFn: (change: { line: string; paused: boolean }) => api.post('/api/callback/pause', change),
    onMutate: async ({ line, paused }) => {
      await queries.cancelQueries({ queryKey: LINES })
      const before = queries.getQueryData<Line[]>(LINES)
      const set = { paused_at: paused ? new Date().toISOString() : null, paused_by: paused ? me.id : '' }
      queries.setQueryData<Line[]>(LINES, (lines) =>
        lines?.map((one) => (line === '' || one.id === line ? { ...one, ...set } : one)),
      )
      return { before }
    },
    onError: (error, _change, context) => {
      queries.setQueryData(LINES, context?.before)
      reportError(error, t)
    },
    onSettled: () => refreshLines(queries),
  })
}
