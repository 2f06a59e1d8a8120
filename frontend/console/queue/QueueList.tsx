import { useQueryClient } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Detail, Row } from '../api/types'
import { useI18n } from '../i18n'
import { queueCursor } from './cursor'
import { QueueRow } from './QueueRow'
import { heldRows, pinnedRows } from './rows'

const ROW_HEIGHT = 84
const LOAD_BEFORE_END = 10

type QueueListProps = { rows: Row[]; openId: string | null; more: boolean; loadMore: () => void }

/** The rows, only the visible ones in the page. While the pointer rests on them nothing moves under it. */
export function QueueList({ rows: current, openId, more, loadMore }: QueueListProps) {
  const { t } = useI18n()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = usePinned(current, openId)
  const [shown, setShown] = useState<Row[] | null>(null)
  const held = useMemo(() => (shown ? heldRows(shown, rows) : null), [shown, rows])
  const visible = held?.rows ?? rows
  const virtual = useVirtualizer({
    count: visible.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => visible[index]?.id ?? index,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  const end = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && end >= visible.length - LOAD_BEFORE_END) loadMore()
  }, [more, end, visible.length, loadMore])
  useEffect(() => {
    queueCursor.show(
      visible.map((row) => row.id),
      (index) => virtual.scrollToIndex(index),
    )
  }, [visible, virtual])
  return (
    <div className="queue-list-frame">
      {held && held.fresh > 0 && (
        <button type="button" className="new-pill" onClick={() => setShown(rows)}>
          {t('queue.fresh', { n: held.fresh })}
        </button>
      )}
      <div
        ref={scroller}
        className="queue-list"
        onPointerEnter={(event) => event.pointerType === 'mouse' && setShown(rows)}
        onPointerLeave={() => setShown(null)}
      >
        <ul className="queue-items" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = visible[item.index]
            if (!row) return null
            return (
              <li
                key={item.key}
                className="queue-item"
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                aria-setsize={visible.length}
                aria-posinset={item.index + 1}
              >
                <QueueRow row={row} open={row.id === openId} gone={held?.gone.has(row.id) ?? false} />
              </li>
            )
          })}
        </ul>
      </div>
    </div>
  )
}

/** The open row keeps its place while it is open, also when it does not belong into this view any more. */
function usePinned(rows: Row[], openId: string | null): Row[] {
  const queries = useQueryClient()
  const place = useRef<{ id: string; index: number } | null>(null)
  return useMemo(() => {
    const found = rows.findIndex((row) => row.id === openId)
    if (place.current?.id !== openId) place.current = null
    if (!place.current && openId && found >= 0) place.current = { id: openId, index: found }
    if (!place.current) return rows
    const open = rows[found] ?? queries.getQueryData<Detail>(['interaction', openId])?.row ?? null
    return pinnedRows(rows, open, place.current.index)
  }, [rows, openId, queries])
}
