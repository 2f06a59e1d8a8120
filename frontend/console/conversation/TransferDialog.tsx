import { useQuery } from '@tanstack/react-query'
import { Users } from 'lucide-react'
import { RadioGroup } from 'radix-ui'
import { type FormEvent, useState } from 'react'
import { api } from '../api/client'
import type { Detail, Person } from '../api/types'
import { useMe } from '../app/me'
import { useI18n } from '../i18n'
import { useTeams } from '../queue/QueueFilters'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { TextField } from '../ui/Field'
import { PresenceBadge } from '../ui/Presence'
import { Skeleton } from '../ui/states'
import { isFull, named, sortedPeople } from './targets'
import { useActions } from './useActions'

export function usePeople(wanted: boolean) {
  return useQuery({
    queryKey: ['people'],
    enabled: wanted,
    staleTime: 5_000,
    queryFn: ({ signal }) => api.all<Person>('/api/people', signal),
  })
}

type TransferProps = { detail: Detail; open: boolean; onClose: () => void }

/** To a team or to one person, who is shown with presence and load; a note for them goes along. */
export function TransferDialog({ detail, open, onClose }: TransferProps) {
  const { t } = useI18n()
  return (
    <Dialog open={open} onClose={onClose} title={t('transfer.title')} description={t('transfer.text')}>
      <TransferForm detail={detail} onDone={onClose} />
    </Dialog>
  )
}

function TransferForm({ detail, onDone }: { detail: Detail; onDone: () => void }) {
  const { t } = useI18n()
  const me = useMe()
  const people = usePeople(true)
  const teams = useTeams()
  const [target, setTarget] = useState('')
  const [note, setNote] = useState('')
  const [text, setText] = useState('')
  const { transfer } = useActions(detail.row.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const [kind, id] = target.split(':')
    transfer.mutate({ [kind === 'team' ? 'team' : 'to']: id, note: note.trim() || undefined }, { onSuccess: onDone })
  }
  const others = (people.data ?? []).filter((person) => person.id !== me.id && person.id !== detail.row.assigned_to?.id)
  const shownPeople = sortedPeople(others, text)
  const shownTeams = named(teams.data ?? [], text)
  const chosen = others.find((person) => target === `person:${person.id}`)
  return (
    <form onSubmit={submit} className="stack">
      <TextField autoFocus type="search" label={t('transfer.filter')} value={text} onChange={setText} />
      {people.isPending || teams.isPending ? (
        <Skeleton rows={4} height={48} />
      ) : shownPeople.length + shownTeams.length === 0 ? (
        <p className="muted">{t('completion.nobody')}</p>
      ) : (
        <RadioGroup.Root
          value={target}
          onValueChange={setTarget}
          className="choices"
          aria-label={t('transfer.target')}
          required
        >
          {shownTeams.map((team) => (
            <RadioGroup.Item key={team.id} value={`team:${team.id}`} className="choice">
              <Users size={20} aria-hidden="true" />
              <span className="choice-text clip">{team.name}</span>
              <span className="muted">{t('transfer.team')}</span>
            </RadioGroup.Item>
          ))}
          {shownPeople.map((person) => (
            <RadioGroup.Item
              key={person.id}
              value={`person:${person.id}`}
              className={person.presence === 'available' ? 'choice' : 'choice choice-quiet'}
            >
              <Avatar name={person.name} size={24} />
              <span className="choice-text clip">{person.name}</span>
              <span className={isFull(person) ? 'warn' : 'muted'}>
                {t(isFull(person) ? 'transfer.full' : 'transfer.load', { n: person.load, capacity: person.capacity })}
              </span>
              <PresenceBadge presence={person.presence} />
            </RadioGroup.Item>
          ))}
        </RadioGroup.Root>
      )}
      {chosen && (chosen.presence !== 'available' || isFull(chosen)) && (
        <p role="status" className="callout callout-warn">
          {t(chosen.presence !== 'available' ? 'transfer.not_there' : 'transfer.is_full', { name: chosen.name })}
        </p>
      )}
      <label className="field">
        <span className="field-label">{t('transfer.note')}</span>
        <textarea className="input" rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
        <span className="field-hint">{t('transfer.note_hint')}</span>
      </label>
      <div className="dialog-actions">
        <Button onClick={onDone}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" disabled={!target} busy={transfer.isPending}>
          {t('action.transfer')}
        </Button>
      </div>
    </form>
  )
}
