import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { api, withQuery } from '../api/client'
import type { Page } from '../api/types'
import { reportError } from '../app/errors'
import { useI18n } from '../i18n'
import { removeLater } from '../ui/removeLater'
import type { Item, Option, ResourceSpec, Values } from './spec'
import { moved } from './values'

/** The things of one kind, page by page; most kinds come in one. */
export function useItems(path: string, filter: Record<string, string> = {}) {
  return useInfiniteQuery({
    queryKey: ['resource', path, filter],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => api.get<Page<Item>>(withQuery(path, { ...filter, cursor: pageParam }), signal),
    getNextPageParam: (page) => page.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  })
}

/** One thing by itself. */
export function useItem(path: string, id: string | null) {
  return useQuery({
    queryKey: ['resource', path, { id }],
    enabled: id !== null,
    queryFn: ({ signal }) => api.get<Item>(`${path}/${id}`, signal),
  })
}

/** Puts a thing one place up or down; what stands in the way gives its place. */
export function useMove(spec: ResourceSpec) {
  const queries = useQueryClient()
  const { t } = useI18n()
  return useMutation({
    mutationFn: async ({ items, index, by }: { items: Item[]; index: number; by: -1 | 1 }) => {
      const places = moved(items, index, by).map((item, position) => ({ item, position }))
      const wrong = places.filter(({ item, position }) => item.position !== position)
      for (const { item, position } of wrong) await api.patch(`${spec.api}/${item.id}`, { position })
    },
    onError: (error) => reportError(error, t),
    onSettled: () => queries.invalidateQueries({ queryKey: ['resource'] }),
  })
}

/** The things of another kind as choices. */
export function useOptions(path: string): Option[] {
  const items = useQuery({
    queryKey: ['resource', path, { all: true }],
    queryFn: ({ signal }) => api.all<Item>(path, signal),
  })
  return (items.data ?? []).map((item) => ({
    value: item.id,
    label: String(item.name ?? item.title ?? item.email ?? ''),
  }))
}

export function useSave(spec: ResourceSpec) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, values }: { id: string | null; values: Values }) =>
      id === null ? api.post<Item>(spec.api, values) : api.patch<Item>(`${spec.api}/${id}`, values),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['resource'] }),
  })
}

/** Deletes a moment later: until then it can be taken back, and nothing has happened yet. */
export function useRemove(spec: ResourceSpec) {
  const queries = useQueryClient()
  const { t, format } = useI18n()
  const refresh = () => queries.invalidateQueries({ queryKey: ['resource'] })
  return (item: Item) => {
    hide(queries, spec.api, item.id)
    const said = t(spec.removed ?? 'resource.removed', { name: spec.line(item, t, format).title })
    removeLater(() => api.remove(`${spec.api}/${item.id}`), said, refresh, t)
  }
}

function hide(queries: ReturnType<typeof useQueryClient>, path: string, id: string): void {
  queries.setQueriesData<InfiniteData<Page<Item>> | Item[]>({ queryKey: ['resource', path] }, (data) => {
    if (!data) return data
    if (Array.isArray(data)) return data.filter((item) => item.id !== id)
    const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== id) }))
    return { ...data, pages }
  })
}
