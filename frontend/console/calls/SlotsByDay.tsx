import { CalendarDays } from 'lucide-react'
import { useI18n } from '../i18n'
import { EmptyState, ErrorState, Skeleton } from '../ui/states'
import { noonOf } from './days'
import type { Line, Slot } from './types'
import { useSlots } from './useCalls'

/** Which times of the next days a line offers, and how many have taken them: by day, on the reader's clock. */
export function SlotsByDay({ line }: { line: Line }) {
  const { t, format } = useI18n()
  const slots = useSlots(line.id)
  if (slots.isPending) return <Skeleton rows={4} height={64} />
  if (slots.isError) return <ErrorState error={slots.error} onRetry={() => slots.refetch()} />
  const { days, capacity, zone } = slots.data
  return (
    <section className="card" aria-label={line.name}>
      <h2 className="card-title slots-title">
        {line.name}
        <span className="muted">{t('slots.capacity', { n: capacity, zone })}</span>
      </h2>
      {days.length === 0 && <EmptyState icon={CalendarDays} title={t('slots.none')} />}
      {days.map((day) => (
        <div key={day.date} className="slots-day">
          <h3>
            {format.day(noonOf(day.date), Date.now())}
            <span className="muted">{t('slots.left', sums(day.slots))}</span>
          </h3>
          <ul className="slots">
            {day.slots.map((slot) => (
              <SlotMark key={slot.start} slot={slot} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

function SlotMark({ slot }: { slot: Slot }) {
  const { t, format } = useI18n()
  const level = slot.free === 0 ? 'full' : slot.taken > 0 ? 'some' : 'free'
  return (
    <li className={`slot slot-${level}`}>
      <strong>{format.clock(slot.start)}</strong>
      <span>{t(slot.free === 0 ? 'slots.full' : 'slots.free', { n: slot.free })}</span>
    </li>
  )
}

function sums(slots: Slot[]): { n: number; taken: number } {
  return {
    n: slots.reduce((sum, { free }) => sum + free, 0),
    taken: slots.reduce((sum, { taken }) => sum + taken, 0),
  }
}
