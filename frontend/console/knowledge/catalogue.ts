/** Categories and device families: what articles and codes are sorted by. */
import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import { useI18n } from '../i18n'
import type { Option } from '../resource/spec'
import type { Category, Product } from './types'

// Under the same key as the screens where they are edited, so that what is renamed there is read anew here.
export function useCategories(): Category[] {
  return useCatalogue<Category>('/api/kb/categories')
}

export function useProducts(): Product[] {
  return useCatalogue<Product>('/api/kb/products')
}

/** By slug, in the reader's language where somebody has written it. */
export function useCategoryOptions(): Option[] {
  const { language } = useI18n()
  return useCategories().map(({ slug, names }) => ({ value: slug, label: nameIn(names, language) || slug }))
}

export function nameIn(names: Partial<Record<string, string>>, language: string): string {
  return names[language] ?? Object.values(names).find(Boolean) ?? ''
}

function useCatalogue<T>(path: string): T[] {
  const found = useQuery({
    queryKey: ['resource', path, { all: true }],
    queryFn: ({ signal }) => api.all<T>(path, signal),
  })
  return found.data ?? []
}
