import { useMutation, useQueryClient } from '@tanstack/react-query'
import { PhoneCall } from 'lucide-react'
import { RadioGroup } from 'radix-ui'
import { type FormEvent, useState } from 'react'
import { ApiError, api } from '../api/client'
import type { Detail } from '../api/types'
import { describeError } from '../app/errors'
import { Link } from '../app/Link'
import { go, to } from '../app/router'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { TextField } from '../ui/Field'
import { showToast } from '../ui/toast'
import { SlotPicker } from './SlotPicker'
import type { Line } from './types'
import { refreshRequests, useLines } from './useCalls'

/** In any interaction: promise this customer a call, now or at a time of their own. */
export function CallBackButton({ detail }: { detail: Detail }) {
  const { t } = useI18n()
  const [open, setOpen] = useState(false)
  const lines = (useLines().data ?? []).filter((line) => line.active)
  if (lines.length === 0) return null
  return (
    <section className="context-section">
      <Button icon={PhoneCall} onClick={() => setOpen(true)}>
        {t('callback.open')}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={t('callback.title')} description={t('callback.text')}>
        <CallBackForm detail={detail} lines={lines} onDone={() => setOpen(false)} />
      </Dialog>
    </section>
  )
}

type FormProps = { detail: Detail; lines: Line[]; onDone: () => void }

function CallBackForm({ detail, lines, onDone }: FormProps) {
  const { t } = useI18n()
  const queries = useQueryClient()
  const known = detail.customer.contact_points.filter(({ kind }) => kind === 'phone').map(({ value }) => value)
  const [line, setLine] = useState(lines[0]?.id ?? '')
  const [number, setNumber] = useState(known[0] ?? '')
  const [reason, setReason] = useState(detail.row.subject || detail.row.first_words)
  const [when, setWhen] = useState<'now' | 'slot'>('now')
  const [wanted, setWanted] = useState('')
  const [key] = useState(() => crypto.randomUUID())
  const save = useMutation({
    mutationFn: () =>
      api.post<{ interaction: string }>('/api/callback/requests', {
        key,
        line,
        number,
        reason,
        name: detail.row.customer.name,
        email: detail.customer.contact_points.find(({ kind }) => kind === 'email')?.value ?? '',
        language: detail.row.language,
        wanted_at: when === 'slot' ? wanted : null,
        origin: detail.row.id,
      }),
    onSuccess: ({ interaction }) => {
      refreshRequests(queries)
      showToast('good', t('callback.saved'), { label: t('work.open'), run: () => go(to.interaction(interaction)) })
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const aboutNumber = save.error instanceof ApiError && save.error.code.startsWith('number_')
  const open = openOne(save.error)
  const problem = save.error ? describeError(save.error, t) : undefined
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <TextField
        label={t('callback.number')}
        value={number}
        onChange={setNumber}
        error={aboutNumber ? problem : undefined}
        placeholder="+49 30 123456"
        maxLength={64}
      />
      {lines.length > 1 && (
        <label className="field">
          <span className="field-label">{t('callbacks.line')}</span>
          <select
            className="select"
            value={line}
            onChange={(event) => {
              setLine(event.target.value)
              setWanted('')
            }}
          >
            {lines.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <TextField
        label={t('callback.reason')}
        hint={t('callback.reason_hint')}
        multiline
        rows={2}
        maxLength={2_000}
        value={reason}
        onChange={setReason}
      />
      <RadioGroup.Root
        className="wrap-next"
        value={when}
        onValueChange={(value) => setWhen(value as typeof when)}
        aria-label={t('callback.when')}
      >
        <RadioGroup.Item value="now" className="choice">
          <span className="choice-text">{t('callback.now')}</span>
        </RadioGroup.Item>
        <RadioGroup.Item value="slot" className="choice">
          <span className="choice-text">{t('callback.slot')}</span>
        </RadioGroup.Item>
      </RadioGroup.Root>
      {when === 'slot' && <SlotPicker key={line} line={line} value={wanted} onChange={setWanted} />}
      {problem && !aboutNumber && (
        <p role="alert" className="callout callout-bad">
          {problem} {open && <Link to={to.interaction(open)}>{t('callback.see_open')}</Link>}
        </p>
      )}
      <div className="dialog-actions">
        <Button onClick={onDone}>{t('common.cancel')}</Button>
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          disabled={!number.trim() || (when === 'slot' && !wanted)}
        >
          {t('callback.save')}
        </Button>
      </div>
    </form>
  )
}

/** The interaction of a callback that is open about the same already. */
function openOne(error: unknown): string {
  const details = error instanceof ApiError && error.code === 'callback_open' ? error.details : null
  return String((details as { interaction?: unknown } | null)?.interaction ?? '')
}
