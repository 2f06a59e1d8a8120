import { useQuery } from '@tanstack/react-query'
import { PartyPopper } from 'lucide-react'
import { api } from '../api/client'
import { useI18n } from '../i18n'
import type { Item } from '../resource/spec'
import { Skeleton } from '../ui/states'

type PreviewDay = { date: string; open: [string, string][]; holiday: string }

/** What the saved hours mean for the next two weeks, holidays and clock changes included. */
export function CalendarPreview({ item }: { item: Item }) {
  const { t, language } = useI18n()
  const preview = useQuery({
    queryKey: ['resource', 'preview', item],
    queryFn: ({ signal }) => api.get<{ items: PreviewDay[] }>(`/api/settings/calendars/${item.id}/preview`, signal),
  })
  const day = new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
  return (
    <section className="extra">
      <h3>{t('calendars.preview')}</h3>
      <p className="muted">{t('calendars.preview_text')}</p>
      {preview.isPending && <Skeleton rows={4} height={32} />}
      {preview.data && (
        <ul className="preview-days">
          {preview.data.items.map(({ date, open, holiday }) => (
            <li key={date} className={open.length > 0 ? 'preview-day' : 'preview-day preview-closed'}>
              <span>{day.format(new Date(`${date}T00:00:00Z`))}</span>
              <span>{open.length > 0 ? open.map(frameText).join(', ') : t('hours.closed')}</span>
              {holiday && (
                <span className="badge badge-info">
                  <PartyPopper size={12} aria-hidden="true" />
                  {holiday}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** Instants carry the calendar's own zone: their wall time is what stands in them. */
function frameText([start, end]: [string, string]): string {
  const until = end.slice(11, 16)
  return `${start.slice(11, 16)}–${until === '00:00' ? '24:00' : until}`
}
