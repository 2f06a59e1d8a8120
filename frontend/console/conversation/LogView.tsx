import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Row } from '../api/types'
import { useI18n } from '../i18n'
import { useLive } from '../live/context'
import { hasOlder, type Log } from '../live/log'
import { Button } from '../ui/Button'
import { groupEntries } from './grouping'
import { LogLine } from './LogLine'
import { useReading } from './useReading'
import { NEAR_END, useHold, useKeepPlace, useStart, useStayAtEnd } from './useScrolling'

const ESTIMATE = 72
const NEAR_TOP = 400

type LogViewProps = { row: Row; log: Log }

/** The log: only the visible lines are in the page; older ones are loaded upwards without a jump. */
export function LogView({ row, log }: LogViewProps) {
  const { t } = useI18n()
  const scroller = useRef<HTMLDivElement>(null)
  const [newAfter] = useState(() => (row.unread > 0 ? firstUnread(log, row.unread) : undefined))
  const items = useMemo(() => groupEntries(log.entries, log.pending, { newAfter }), [log, newAfter])
  const held = useHold(scroller, items.length)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATE,
    getItemKey: (index) => items[index]?.key ?? index,
    anchorTo: held ? 'start' : 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
    overscan: 6,
    paddingStart: 16,
    paddingEnd: 16,
  })
  useStart(virtual, items)
  useKeepPlace(virtual, items, log.entries[0]?.s ?? 0)
  const older = useOlder(row.id, log, virtual.scrollOffset !== null && virtual.scrollOffset < NEAR_TOP)
  const atEnd = virtual.isAtEnd(NEAR_END)
  useReading(row, log.last, atEnd)
  useStayAtEnd(virtual, { scroller, own: log.pending.length, held })
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
        aria-busy={older.loading}
        aria-live="off"
      >
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
      {older.loading && <p className="log-older">{t('common.loading')}</p>}
      {older.failed && (
        <div className="log-older">
          <Button small onClick={older.load}>
            {t('log.older')}
          </Button>
        </div>
      )}
      {!atEnd && (
        <button type="button" className="jump" onClick={() => virtual.scrollToEnd()}>
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

type Older = { loading: boolean; failed: boolean; load: () => void }

/** Loads what lies before as soon as one comes near the top; after a failure only when asked. */
function useOlder(id: string, log: Log, nearTop: boolean): Older {
  const live = useLive()
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle')
  const load = useCallback(() => {
    setState('loading')
    live.loadOlder(id).then(
      () => setState('idle'),
      () => setState('failed'),
    )
  }, [live, id])
  const wanted = nearTop && hasOlder(log) && state === 'idle'
  useEffect(() => {
    if (wanted) load()
  }, [wanted, load])
  return { loading: state === 'loading', failed: state === 'failed', load }
}

/** How many of the customer's messages came while the end was out of sight. */
function useUnseen(log: Log, atEnd: boolean): number {
  const seen = useRef(log.last)
  if (atEnd) seen.current = log.last
  return log.entries.filter((entry) => entry.s > seen.current && entry.from === 'customer').length
}
