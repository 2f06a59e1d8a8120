import { RadioGroup } from 'radix-ui'
import { useState } from 'react'
import { useI18n } from '../i18n'
import { ErrorState, Skeleton } from '../ui/states'
import { noonOf } from './days'
import type { SlotCalendar } from './types'
import { useSlots } from './useCalls'

type SlotPickerProps = { line: string; interaction?: string; value: string; onChange: (start: string) => void }

/** A day, then a time of it that is still free; shown on the reader's clock. */
export function SlotPicker({ line, interaction, value, onChange }: SlotPickerProps) {
  const { t } = useI18n()
  const slots = useSlots(line, interaction)
  if (slots.isPending) return <Skeleton rows={2} height={44} />
  if (slots.isError) return <ErrorState error={slots.error} onRetry={() => slots.refetch()} />
  const free = freeDays(slots.data)
  if (free.length === 0) return <p className="callout callout-warn">{t('slots.none')}</p>
  return <Times days={free} zone={slots.data.zone} value={value} onChange={onChange} />
}

type TimesProps = { days: SlotCalendar['days']; zone: string; value: string; onChange: (start: string) => void }

function Times({ days, zone, value, onChange }: TimesProps) {
  const { t, format } = useI18n()
  const [chosen, setChosen] = useState(() => days.find((day) => day.slots.some(({ start }) => start === value))?.date)
  const day = days.find(({ date }) => date === chosen) ?? days[0]
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <div className="stack">
      <label className="field">
        <span className="field-label">{t('slots.day')}</span>
        <select
          className="select"
          value={day?.date}
          onChange={(event) => {
            setChosen(event.target.value)
            onChange('')
          }}
        >
          {days.map(({ date, slots }) => (
            <option key={date} value={date}>
              {t('slots.day_line', { day: format.day(noonOf(date), Date.now()), n: slots.length })}
            </option>
          ))}
        </select>
      </label>
      <RadioGroup.Root value={value} onValueChange={onChange} className="slot-times" aria-label={t('slots.time')}>
        {day?.slots.map(({ start, free }) => (
          <RadioGroup.Item key={start} value={start} className="slot-time" title={t('slots.free', { n: free })}>
            {format.clock(start)}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <p className="field-hint">{t(own === zone ? 'slots.zone' : 'slots.zone_other', { zone: own, other: zone })}</p>
    </div>
  )
}

function freeDays(calendar: SlotCalendar): SlotCalendar['days'] {
  return calendar.days
    .map((day) => ({ ...day, slots: day.slots.filter(({ free }) => free > 0) }))
    .filter(({ slots }) => slots.length > 0)
}
