import { Phone, Users } from 'lucide-react'
import { RadioGroup } from 'radix-ui'
import { type FormEvent, useState } from 'react'
import { useMe } from '../app/me'
import { usePeople } from '../conversation/TransferDialog'
import { named, sortedPeople } from '../conversation/targets'
import { useI18n } from '../i18n'
import { useTeams } from '../queue/QueueFilters'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { TextField } from '../ui/Field'
import { PresenceBadge } from '../ui/Presence'
import { Skeleton } from '../ui/states'
import { liveLegs } from './call'
import type { Call } from './types'
import { useCallCommand } from './useCalls'

export type TargetUse = 'transfer' | 'add'
type TargetProps = { call: Call; use: TargetUse; onClose: () => void }

const NUMBER = /^\+?[\d\s()/.-]{5,}$/

/** Who shall have the call, or join it: a colleague, a team, or a number that is typed. */
export function CallTargetDialog({ call, use, onClose }: TargetProps) {
  const { t } = useI18n()
  const transfers = use === 'transfer'
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(transfers ? 'call.transfer_title' : 'call.add_title')}
      description={t(transfers ? 'call.transfer_text' : 'call.add_text')}
    >
      <TargetForm call={call} use={use} onClose={onClose} />
    </Dialog>
  )
}

function TargetForm({ call, use, onClose }: TargetProps) {
  const { t } = useI18n()
  const me = useMe()
  const people = usePeople(true)
  const teams = useTeams()
  const command = useCallCommand(call)
  const [text, setText] = useState('')
  const [target, setTarget] = useState('')
  const there = new Set(liveLegs(call).map((leg) => leg.user))
  const others = (people.data ?? []).filter((person) => person.id !== me.id && !there.has(person.id))
  const number = NUMBER.test(text.trim()) ? text.trim() : ''
  const shownTeams = use === 'transfer' && !number ? named(teams.data ?? [], text) : []
  const shownPeople = number ? [] : sortedPeople(others, text)
  const chosen = number ? `number:${number}` : target
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const [kind = '', value] = splitOnce(chosen)
    command.mutate({ name: use, body: { [kind]: value } }, { onSuccess: onClose })
  }
  return (
    <form onSubmit={submit} className="stack">
      <TextField
        autoFocus
        label={t('call.target')}
        hint={t('call.target_hint')}
        value={text}
        onChange={setText}
        maxLength={64}
      />
      {people.isPending ? (
        <Skeleton rows={4} height={48} />
      ) : (
        <RadioGroup.Root value={chosen} onValueChange={setTarget} className="choices" aria-label={t('call.target')}>
          {number && (
            <RadioGroup.Item value={`number:${number}`} className="choice">
              <Phone size={20} aria-hidden="true" />
              <span className="choice-text clip">{number}</span>
            </RadioGroup.Item>
          )}
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
              value={`user:${person.id}`}
              className={person.presence === 'available' ? 'choice' : 'choice choice-quiet'}
            >
              <Avatar name={person.name} size={24} />
              <span className="choice-text clip">{person.name}</span>
              <PresenceBadge presence={person.presence} />
            </RadioGroup.Item>
          ))}
        </RadioGroup.Root>
      )}
      {!number && shownTeams.length + shownPeople.length === 0 && people.data && (
        <p className="muted">{t('completion.nobody')}</p>
      )}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" disabled={!chosen} busy={command.isPending}>
          {t(use === 'transfer' ? 'call.transfer' : 'call.add')}
        </Button>
      </div>
    </form>
  )
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':')
  return [text.slice(0, at), text.slice(at + 1)]
}
