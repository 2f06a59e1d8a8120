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
import { showToast, UNDO_MS } from '../ui/toast'
import type { Item, Option, ResourceSpec, Values } from './spec'

/** The things of one kind, page by page; most kinds come in one. */
export function useItems(path: string, q = '') {
  return useInfiniteQuery({
    queryKey: ['resource', path, q],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => api.get<Page<Item>>(withQuery(path, { q, cursor: pageParam }), signal),
    getNextPageParam: (page) => page.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
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
    const remove = () => {
      window.removeEventListener('pagehide', remove)
      api.remove(`${spec.api}/${item.id}`).then(refresh, (error) => {
        refresh()
        reportError(error, t)
      })
    }
    const timer = setTimeout(remove, UNDO_MS)
    window.addEventListener('pagehide', remove)
    hide(queries, spec.api, item.id)
    const run = () => {
      clearTimeout(timer)
      window.removeEventListener('pagehide', remove)
      refresh()
    }
    showToast('good', t(spec.removed ?? 'resource.removed', { name: spec.line(item, t, format).title }), {
      label: t('common.undo'),
      run,
    })
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
