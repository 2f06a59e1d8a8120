import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../api/client'
import { describeError } from '../app/errors'
import { type Key, useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { Field, TextField } from '../ui/Field'
import { HintedChoices } from '../ui/HintedChoices'
import { showToast } from '../ui/toast'
import { keepNotes, keptNotes } from './notes'
import { SlotPicker } from './SlotPicker'
import type { Call, Disposition, NextStep } from './types'
import { DISPOSITIONS } from './words'

const NEXT: Record<NextStep, { label: Key; hint: Key }> = {
  done: { label: 'wrap.done', hint: 'wrap.done_hint' },
  retry: { label: 'wrap.retry', hint: 'wrap.retry_hint' },
  move: { label: 'wrap.move', hint: 'wrap.move_hint' },
}

/** What came of the call, and what happens next. What is typed survives a reload. */
export function WrapUp({ call }: { call: Call }) {
  const { t } = useI18n()
  const [disposition, setDisposition] = useState<Disposition | ''>('')
  const [notes, setNotes] = useState(() => keptNotes(call.id) || call.notes)
  const [next, setNext] = useState<NextStep>('done')
  const [wanted, setWanted] = useState('')
  const goesOn = call.direction === 'out' && disposition !== 'do_not_call'
  const step = goesOn ? next : 'done'
  const save = useMutation({
    mutationFn: () =>
      api.post(`/api/callback/calls/${call.id}/wrap-up`, {
        disposition,
        notes,
        next: step,
        wanted_at: step === 'move' ? wanted : null,
      }),
    onSuccess: () => {
      keepNotes(call.id, '')
      showToast('good', t('wrap.saved'))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form className="wrap-up" onSubmit={submit} aria-label={t('wrap.title')}>
      <Field label={t('wrap.disposition')}>
        {(control) => (
          <select
            {...control}
            className="select"
            required
            value={disposition}
            onChange={(event) => setDisposition(event.target.value as Disposition)}
          >
            <option value="" disabled>
              {t('form.choose')}
            </option>
            {Object.entries(DISPOSITIONS).map(([value, label]) => (
              <option key={value} value={value}>
                {t(label)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label={t('wrap.notes')}
        hint={t('wrap.notes_hint')}
        multiline
        rows={2}
        maxLength={10_000}
        value={notes}
        onChange={(text) => {
          setNotes(text)
          keepNotes(call.id, text)
        }}
      />
      {goesOn && (
        <HintedChoices
          choices={NEXT}
          value={next}
          onChange={(value) => setNext(value as NextStep)}
          label={t('wrap.next')}
          className="wrap-next"
        />
      )}
      {step === 'move' && (
        <SlotPicker line={call.line.id} interaction={call.interaction} value={wanted} onChange={setWanted} />
      )}
      {save.error && (
        <p role="alert" className="callout callout-bad">
          {describeError(save.error, t)}
        </p>
      )}
      <div className="dialog-actions">
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          disabled={!disposition || (step === 'move' && !wanted)}
        >
          {t('wrap.save')}
        </Button>
      </div>
    </form>
  )
}
