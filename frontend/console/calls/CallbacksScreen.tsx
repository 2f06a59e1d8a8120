import { CalendarDays, CircleCheckBig, type LucideIcon, PhoneCall } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { Link } from '../app/Link'
import { CALLBACK_TABS, type CallbackTab, go, to } from '../app/router'
import { type Key, useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { FilterSelect } from '../ui/FilterSelect'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'
import { RequestState } from './CallPanel'
import { nameOf, RequestActions } from './RequestActions'
import { SlotsByDay } from './SlotsByDay'
import { StopDialling } from './StopDialling'
import type { CallRequest, Disposition, Line } from './types'
import { type RequestView, useLines, useRequests } from './useCalls'
import { DISPOSITIONS } from './words'

const TABS: Record<CallbackTab, Key> = {
  due: 'callbacks.due',
  scheduled: 'callbacks.scheduled',
  ended: 'callbacks.ended',
  calendar: 'callbacks.calendar',
}
const EMPTY: Record<RequestView, { icon: LucideIcon; title: Key; text: Key }> = {
  due: { icon: CircleCheckBig, title: 'callbacks.none_due', text: 'callbacks.none_due_text' },
  scheduled: { icon: CalendarDays, title: 'callbacks.none_scheduled', text: 'callbacks.none_scheduled_text' },
  ended: { icon: PhoneCall, title: 'callbacks.none_ended', text: 'callbacks.none_ended_text' },
}

/** Who wants to be called: now, at a time of their own, and what became of it; with the one way to stop it all. */
export default function CallbacksScreen({ tab }: { tab: CallbackTab }) {
  const { t } = useI18n()
  const lines = useLines()
  const [line, setLine] = useState('')
  const active = (lines.data ?? []).filter((one) => one.active)
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{t('nav.callbacks')}</h1>
          <p className="muted">{t('callbacks.text')}</p>
        </div>
        <StopDialling lines={active} />
      </header>
      <Tabs.Root value={tab} onValueChange={(value) => go(to.callbacks(value as CallbackTab))}>
        <div className="callbacks-tools">
          <Tabs.List className="segments segments-small" aria-label={t('callbacks.views')}>
            {CALLBACK_TABS.map((one) => (
              <Tabs.Trigger key={one} value={one} className="segment">
                {t(TABS[one])}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          {active.length > 1 && (
            <FilterSelect
              label={t('callbacks.line')}
              all={t('callbacks.all_lines')}
              value={line}
              options={active.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={setLine}
            />
          )}
        </div>
        <Tabs.Content value={tab} tabIndex={-1} className="tab-body">
          {lines.data?.length === 0 ? (
            <NoLine />
          ) : tab === 'calendar' ? (
            <Calendar lines={active} line={line} />
          ) : (
            <Requests view={tab} line={line} />
          )}
        </Tabs.Content>
      </Tabs.Root>
    </div>
  )
}

function NoLine() {
  const { t } = useI18n()
  return (
    <EmptyState icon={PhoneCall} title={t('callbacks.no_line')} text={t('callbacks.no_line_text')}>
      <Link to={to.settings('phone-lines')} className="button button-primary">
        {t('phone_lines.title')}
      </Link>
    </EmptyState>
  )
}

function Calendar({ lines, line }: { lines: Line[]; line: string }) {
  const shown = lines.filter((one) => line === '' || one.id === line)
  return shown.map((one) => <SlotsByDay key={one.id} line={one} />)
}

function Requests({ view, line }: { view: RequestView; line: string }) {
  const { t } = useI18n()
  const requests = useRequests(view, line)
  if (requests.isPending) return <Skeleton rows={4} height={84} />
  if (requests.isError) return <ErrorState error={requests.error} onRetry={() => requests.refetch()} />
  if (requests.data.length === 0) {
    const { icon, title, text } = EMPTY[view]
    return <EmptyState icon={icon} title={t(title)} text={t(text)} />
  }
  return (
    <>
      <ul className="card lines">
        {requests.data.map((request) => (
          <RequestLine key={request.id} request={request} />
        ))}
      </ul>
      {requests.hasNextPage && (
        <Button variant="quiet" busy={requests.isFetchingNextPage} onClick={() => requests.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </>
  )
}

function RequestLine({ request }: { request: CallRequest }) {
  const { t } = useI18n()
  const result = DISPOSITIONS[request.disposition as Disposition]
  return (
    <li className="line request-line">
      <div className="line-text">
        <p className="line-title request-title">
          <Link to={to.interaction(request.interaction)} className="clip">
            {nameOf(request)}
          </Link>
          <span className="request-number">{request.number}</span>
          {request.assigned_to && <span className="badge clip">{request.assigned_to.name}</span>}
          {result && <span className="badge badge-good">{t(result)}</span>}
        </p>
        {request.first_words && <p className="request-words">{request.first_words}</p>}
        <RequestState request={request} />
      </div>
      <RequestActions request={request} />
    </li>
  )
}
