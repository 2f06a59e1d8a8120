import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Row } from '../api/types'
import { useI18n } from '../i18n'
import { useLive } from '../live/context'
import { hasOlder, type Log } from '../live/log'
import { Button } from '../ui/Button'
import { groupEntries, type LogItem } from './grouping'
import { LogLine } from './LogLine'
import { useReading } from './useReading'

const ESTIMATE = 72
const NEAR_TOP = 400
const NEAR_END = 80

type LogViewProps = { row: Row; log: Log }

/** The log: only the visible lines are in the page; older ones are loaded upwards without a jump. */
export function LogView({ row, log }: LogViewProps) {
  const { t } = useI18n()
  const live = useLive()
  const scroller = useRef<HTMLDivElement>(null)
  const [newAfter] = useState(() => (row.unread > 0 ? firstUnread(log, row.unread) : undefined))
  const items = useMemo(() => groupEntries(log.entries, log.pending, { newAfter }), [log, newAfter])
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATE,
    getItemKey: (index) => items[index]?.key ?? index,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
    overscan: 6,
    paddingStart: 16,
    paddingEnd: 16,
  })
  useStart(virtual, items)
  const loading = useOlder(row.id, log, (virtual.scrollOffset ?? 0) < NEAR_TOP && virtual.isScrolling)
  const atEnd = virtual.isAtEnd(NEAR_END)
  useReading(row, log.last, atEnd)
  useStayAtEnd(virtual, scroller, log.pending.length)
  const unseen = useUnseen(log, atEnd)
  return (
    <div className="log-frame">
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by the arrow keys
        tabIndex={0}
        ref={scroller}
        className="log"
        role="log"
        aria-label={t('log.label')}
        aria-busy={loading}
        aria-live="off"
      >
        {hasOlder(log) && (
          <div className="log-older">
            <Button small variant="quiet" busy={loading} onClick={() => live.loadOlder(row.id)}>
              {t(loading ? 'common.loading' : 'log.older')}
            </Button>
          </div>
        )}
        <div className="log-lines" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = items[item.index]
            if (!line) return null
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="log-line"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <LogLine item={line} row={row} />
              </div>
            )
          })}
        </div>
      </div>
      {!atEnd && (
        <button type="button" className="jump" onClick={() => virtual.scrollToEnd({ behavior: 'smooth' })}>
          <ArrowDown size={16} aria-hidden="true" />
          {unseen > 0 ? t('log.new', { n: unseen }) : t('log.latest')}
        </button>
      )}
    </div>
  )
}

/** The number after which the customer's last `unread` messages begin. */
function firstUnread(log: Log, unread: number): number {
  const theirs = log.entries.filter((entry) => entry.from === 'customer' && entry.kind === 'message')
  return (theirs.at(-unread)?.s ?? 1) - 1
}

type Scrolls = Pick<Virtualizer<HTMLDivElement, Element>, 'scrollToEnd' | 'scrollToIndex' | 'getTotalSize'>

/** Opens at the first unread message, else at the end. */
function useStart(virtual: Scrolls, items: LogItem[]): void {
  const started = useRef(false)
  useEffect(() => {
    if (started.current || items.length === 0) return
    started.current = true
    const fresh = items.findIndex((item) => item.type === 'new')
    const start = () => (fresh < 0 ? virtual.scrollToEnd() : virtual.scrollToIndex(fresh, { align: 'start' }))
    start()
    // Lines are measured once they are in the page: where they really are is known a moment later.
    requestAnimationFrame(start)
  }, [items, virtual])
}

/** Who is at the end stays there, also when its last line grows; an own message always brings one there. */
function useStayAtEnd(virtual: Scrolls, scroller: RefObject<HTMLElement | null>, own: number): void {
  const staying = useRef(false)
  const total = virtual.getTotalSize()
  useEffect(() => {
    const element = scroller.current
    const note = () => {
      if (element) staying.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END
    }
    element?.addEventListener('scroll', note, { passive: true })
    return () => element?.removeEventListener('scroll', note)
  }, [scroller])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is what is reacted to
  useLayoutEffect(() => {
    if (staying.current) virtual.scrollToEnd()
  }, [total, virtual])
  useEffect(() => {
    if (own > 0) virtual.scrollToEnd()
  }, [own, virtual])
}

function useOlder(id: string, log: Log, nearTop: boolean): boolean {
  const live = useLive()
  const [loading, setLoading] = useState(false)
  const load = useCallback(() => {
    setLoading(true)
    live
      .loadOlder(id)
      .catch(() => undefined)
      .finally(() => setLoading(false))
  }, [live, id])
  const wanted = nearTop && hasOlder(log) && !loading
  useEffect(() => {
    if (wanted) load()
  }, [wanted, load])
  return loading
}

/** How many of the customer's messages came while the end was out of sight. */
function useUnseen(log: Log, atEnd: boolean): number {
  const seen = useRef(log.last)
  if (atEnd) seen.current = log.last
  return log.entries.filter((entry) => entry.s > seen.current && entry.from === 'customer').length
}
