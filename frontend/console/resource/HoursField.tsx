import { Copy, Plus, X } from 'lucide-react'
import { useI18n } from '../i18n'
import { IconButton } from '../ui/Button'
import {
  areHoursRight,
  copiedToWorkdays,
  DAYS,
  type Frame,
  hoursOf,
  withAnother,
  withFrames,
  wrongFrames,
} from './hours'
import type { Value } from './spec'

type HoursFieldProps = { label: string; hint?: string; error?: string; value: Value; onChange: (value: Value) => void }

/** A 2024 week that starts on Monday: names of weekdays come from the reader's language. */
const MONDAY = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000

export function HoursField({ label, hint, error, value, onChange }: HoursFieldProps) {
  const { t, language } = useI18n()
  const hours = hoursOf(value)
  const names = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' })
  return (
    <fieldset className="field hours" aria-invalid={error ? true : undefined}>
      <legend className="field-label">{label}</legend>
      {DAYS.map((day, index) => (
        <div key={day} className="hours-day">
          <span className="hours-name">{names.format(MONDAY + index * DAY_MS)}</span>
          <Frames
            name={names.format(MONDAY + index * DAY_MS)}
            frames={hours[day] ?? []}
            onChange={(frames) => onChange(withFrames(hours, day, frames))}
            onCopy={day === 'mon' ? () => onChange(copiedToWorkdays(hours, day)) : undefined}
          />
        </div>
      ))}
      {!error && !areHoursRight(hours) && (
        <p className="field-error" role="status">
          {t('hours.overlap')}
        </p>
      )}
      {hint && <p className="field-hint">{hint}</p>}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      {Object.keys(hours).length === 0 && <p className="field-hint">{t('hours.never')}</p>}
    </fieldset>
  )
}

type FramesProps = { name: string; frames: Frame[]; onChange: (frames: Frame[]) => void; onCopy?: () => void }

function Frames({ name, frames, onChange, onCopy }: FramesProps) {
  const { t } = useI18n()
  const wrong = wrongFrames(frames)
  const change = (index: number, side: 0 | 1, time: string) =>
    onChange(frames.map((frame, at) => (at === index ? (side === 0 ? [time, frame[1]] : [frame[0], time]) : frame)))
  return (
    <div className="hours-frames">
      {frames.length === 0 && <span className="muted">{t('hours.closed')}</span>}
      {frames.map(([from, to], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a stretch has no other name than its place
        <span key={index} className={wrong.has(index) ? 'hours-frame hours-frame-wrong' : 'hours-frame'}>
          <TimeInput
            label={t('hours.from', { day: name })}
            value={from}
            wrong={wrong.has(index)}
            onChange={(time) => change(index, 0, time)}
          />
          <span aria-hidden="true">–</span>
          <TimeInput
            label={t('hours.to', { day: name })}
            value={to}
            wrong={wrong.has(index)}
            onChange={(time) => change(index, 1, time)}
          />
          <IconButton
            label={t('hours.remove')}
            icon={X}
            className="icon-button-small"
            onClick={() => onChange(frames.filter((_, at) => at !== index))}
          />
        </span>
      ))}
      <IconButton
        label={t('hours.add', { day: name })}
        icon={Plus}
        className="icon-button-small"
        onClick={() => onChange(withAnother(frames))}
      />
      {onCopy && frames.length > 0 && (
        <IconButton label={t('hours.copy')} icon={Copy} className="icon-button-small" onClick={onCopy} />
      )}
    </div>
  )
}

type TimeInputProps = { label: string; value: string; wrong: boolean; onChange: (time: string) => void }

/** Text, not a time picker: 24:00 is a valid end, and 24 hours are meant everywhere. */
function TimeInput({ label, value, wrong, onChange }: TimeInputProps) {
  return (
    <input
      className="input input-time"
      aria-label={label}
      aria-invalid={wrong || undefined}
      value={value}
      inputMode="numeric"
      maxLength={5}
      placeholder="09:00"
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
