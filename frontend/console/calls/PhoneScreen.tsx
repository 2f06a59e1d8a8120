import { Phone as PhoneIcon } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { describeError } from '../app/errors'
import { useMay } from '../app/me'
import { type Key, useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { TextField } from '../ui/Field'
import { HintedChoices } from '../ui/HintedChoices'
import { ErrorState, Skeleton } from '../ui/states'
import { showToast } from '../ui/toast'
import { useStore } from '../ui/useStore'
import { PROBLEMS } from './SoftphoneBar'
import { softphone } from './softphone'
import type { Phone, PhoneKind } from './types'
import { useMyPhone, usePhones, useSavePhone } from './usePhone'

const KINDS: Record<PhoneKind, { label: Key; hint: Key }> = {
  number: { label: 'phone.number', hint: 'phone.number_hint' },
  softphone: { label: 'phone.softphone', hint: 'phone.softphone_hint' },
  none: { label: 'phone.none', hint: 'phone.none_hint' },
}

/** Where I am rung; for administrators also where everybody else is. */
export function PhoneScreen() {
  const { t } = useI18n()
  const phone = useMyPhone()
  const manages = useMay('manage_settings')
  const works = useMay('work_queue')
  return (
    <div className="resource-form profile">
      <div className="form">
        <header className="form-head">
          <h1>{t('phone.title')}</h1>
        </header>
        <p className="muted">{t('phone.text')}</p>
        {works && phone.isPending && <Skeleton rows={3} height={56} />}
        {phone.isError && <ErrorState error={phone.error} onRetry={() => phone.refetch()} />}
        {phone.data && <PhoneForm phone={phone.data} onSaved={() => showToast('good', t('form.saved'))} />}
        {phone.data?.kind === 'softphone' && <SoftphoneState />}
        {manages && <Everybody />}
      </div>
    </div>
  )
}

type FormProps = { phone: Phone; user?: string; onSaved: () => void }

function PhoneForm({ phone, user, onSaved }: FormProps) {
  const { t } = useI18n()
  const [kind, setKind] = useState(phone.kind)
  const [number, setNumber] = useState(phone.number)
  const save = useSavePhone(user)
  const isSame = kind === phone.kind && (kind !== 'number' || number.trim() === phone.number)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(
      { kind, number: kind === 'number' ? number.trim() : '' },
      {
        onSuccess: (saved) => {
          setNumber(saved.number)
          onSaved()
        },
      },
    )
  }
  const error = save.error ? describeError(save.error, t) : undefined
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <HintedChoices
        choices={KINDS}
        value={kind}
        onChange={(value) => setKind(value as PhoneKind)}
        label={t('phone.where')}
      />
      {kind === 'number' && (
        <TextField
          label={t('phone.your_number')}
          value={number}
          onChange={setNumber}
          error={error}
          placeholder="+49 30 123456"
          maxLength={64}
        />
      )}
      {kind !== 'number' && error && (
        <p role="alert" className="callout callout-bad">
          {error}
        </p>
      )}
      <div>
        <Button type="submit" variant="primary" busy={save.isPending} disabled={isSame}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  )
}

function SoftphoneState() {
  const { t } = useI18n()
  const { state, problem } = useStore(softphone.status)
  if (problem) return <p className="callout callout-warn">{t(PROBLEMS[problem])}</p>
  return <p className="callout callout-info">{t(state === 'starting' ? 'softphone.starting' : 'softphone.ready')}</p>
}

function Everybody() {
  const { t } = useI18n()
  const phones = usePhones(true)
  const [chosen, setChosen] = useState<string | null>(null)
  const person = phones.data?.find(({ id }) => id === chosen)
  return (
    <section className="extra">
      <h2>{t('phone.everybody')}</h2>
      {phones.isPending && <Skeleton rows={3} height={56} />}
      {phones.isError && <ErrorState error={phones.error} onRetry={() => phones.refetch()} />}
      <ul className="card lines">
        {phones.data?.map(({ id, name, kind, number }) => (
          <li key={id} className="line">
            <PhoneIcon size={20} aria-hidden="true" className="line-icon" />
            <span className="line-text">
              <span className="line-title clip">{name}</span>
              <span className="muted clip">{kind === 'number' ? number : t(KINDS[kind].label)}</span>
            </span>
            <Button small onClick={() => setChosen(id)} aria-label={t('phone.change_name', { name })}>
              {t('phone.change')}
            </Button>
          </li>
        ))}
      </ul>
      {person && (
        <Dialog open onClose={() => setChosen(null)} title={t('phone.of', { name: person.name })}>
          <PhoneForm phone={person} user={person.id} onSaved={() => setChosen(null)} />
        </Dialog>
      )}
    </section>
  )
}
