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
import { PresenceBadge } from '../ui/Presence'
import { Skeleton } from '../ui/states'
import { useActions } from './useActions'

export function usePeople(wanted: boolean) {
  return useQuery({
    queryKey: ['people'],
    enabled: wanted,
    staleTime: 5_000,
    queryFn: async () => {
      const answer = await api.get<Person[] | { items: Person[] }>('/api/people')
      return Array.isArray(answer) ? answer : answer.items
    },
  })
}

/** The choices come a moment after the dialog: the focus goes to them then. */
function focusFirst(group: HTMLElement | null): void {
  group?.querySelector('button')?.focus()
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
  const { transfer } = useActions(detail.row.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const [kind, id] = target.split(':')
    transfer.mutate({ [kind === 'team' ? 'team' : 'to']: id, note: note.trim() || undefined }, { onSuccess: onDone })
  }
  if (people.isPending || teams.isPending) return <Skeleton rows={4} height={48} />
  const others = (people.data ?? []).filter((person) => person.id !== me.id && person.id !== detail.row.assigned_to?.id)
  return (
    <form onSubmit={submit} className="stack">
      <RadioGroup.Root
        ref={focusFirst}
        value={target}
        onValueChange={setTarget}
        className="choices"
        aria-label={t('transfer.target')}
        required
      >
        {(teams.data ?? []).map((team) => (
          <RadioGroup.Item key={team.id} value={`team:${team.id}`} className="choice">
            <Users size={20} aria-hidden="true" />
            <span className="choice-text clip">{team.name}</span>
            <span className="muted">{t('transfer.team')}</span>
          </RadioGroup.Item>
        ))}
        {others.map((person) => (
          <RadioGroup.Item key={person.id} value={`person:${person.id}`} className="choice">
            <Avatar name={person.name} size={24} />
            <span className="choice-text clip">{person.name}</span>
            <span className="muted">{t('transfer.load', { n: person.load, capacity: person.capacity })}</span>
            <PresenceBadge presence={person.presence} />
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <label className="field">
        <span className="field-label">{t('transfer.note')}</span>
        <textarea className="input" rows={3} value={note} onChange={(event) => setNote(event.target.value)} />
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
