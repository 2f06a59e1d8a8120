/** Rows that were pushed while a list was being fetched: the answer may be older than they are. */
import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { Row } from '../api/types'

const showsRows = ({ queryKey: [name] }: { queryKey: QueryKey }): boolean => name === 'queue' || name === 'interaction'

/** Gives a function that spreads a row, now and once more when the fetches under way have brought their answers. */
export function spreadOverFetches(queries: QueryClient, spread: (row: Row) => void): (row: Row) => void {
  const overtaken = new Map<string, Row>()
  const isFetching = () => queries.isFetching({ predicate: showsRows }) > 0
  queries.getQueryCache().subscribe(({ query }) => {
    if (!overtaken.size || !showsRows(query) || isFetching()) return
    const rows = [...overtaken.values()]
    overtaken.clear()
    for (const row of rows) spread(row)
  })
  return (row) => {
    spread(row)
    if (isFetching()) overtaken.set(row.id, row)
  }
}
