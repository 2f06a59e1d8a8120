import {
  CircleDot,
  Ear,
  Ellipsis,
  type LucideIcon,
  MessageSquareLock,
  Mic,
  MicOff,
  Pause,
  PhoneForwarded,
  PhoneOff,
  Play,
  UserPlus,
  Users,
  UserX,
} from 'lucide-react'
import { useEffect, useState } from 'react'
import { useMay, useMe } from '../app/me'
import { type Key, useI18n } from '../i18n'
import { Button, IconButton } from '../ui/Button'
import { Menu, MenuItem } from '../ui/Menu'
import { useStore } from '../ui/useStore'
import { CallTargetDialog, type TargetUse } from './CallTargetDialog'
import { isLive, legOf, liveLegs } from './call'
import { callKeys } from './keys'
import { softphone } from './softphone'
import type { Call } from './types'
import { useCallCommand, useLines } from './useCalls'

const HOWS: { how: 'listen' | 'whisper' | 'barge'; label: Key; icon: LucideIcon }[] = [
  { how: 'listen', label: 'call.listen', icon: Ear },
  { how: 'whisper', label: 'call.whisper', icon: MessageSquareLock },
  { how: 'barge', label: 'call.barge', icon: Users },
]

const RECORDS = new Set<Call['recording']>(['asked', 'starting', 'on'])

/** What can be done with a live call: its agent talks, a colleague leaves or mutes, a supervisor listens. */
export function CallControls({ call, compact }: { call: Call; compact?: boolean }) {
  const me = useMe()
  const supervises = useMay('supervise')
  if (!isLive(call)) return null
  const mine = legOf(call, me.id)
  const hasIt = call.agent?.id === me.id
  return (
    <div className="call-controls">
      {(hasIt || mine) && <OwnControls call={call} hasIt={hasIt} compact={compact} />}
      {supervises && !hasIt && (!mine || mine.party === 'supervisor') && (
        <Listening call={call} how={mine?.listens ?? ''} />
      )}
      {!hasIt && !mine && supervises && <HangUp call={call} />}
    </div>
  )
}

function OwnControls({ call, hasIt, compact }: { call: Call; hasIt: boolean; compact?: boolean }) {
  const { t } = useI18n()
  const me = useMe()
  const command = useCallCommand(call)
  const [asking, setAsking] = useState<TargetUse | null>(null)
  const leg = legOf(call, me.id)
  const phone = useStore(softphone.status)
  const isHere = phone.state === 'busy'
  const muted = isHere ? phone.muted : leg?.muted === true
  const talks = call.stage === 'talking' || call.stage === 'on_hold'
  const speaks = talks && leg?.stage === 'answered'
  const held = call.stage === 'on_hold'
  const mute = () => {
    if (isHere) softphone.mute(!muted)
    else if (leg) command.mutate({ name: 'mute', body: { leg: leg.id, on: !muted } })
  }
  const hold = () => command.mutate({ name: 'hold', body: { on: !held } })
  useCallKeys(speaks ? mute : null, talks && hasIt ? hold : null)
  return (
    <>
      {speaks && (
        <IconButton
          label={t(muted ? 'call.unmute' : 'call.mute')}
          icon={muted ? MicOff : Mic}
          pressed={muted}
          shortcut="m"
          className="call-button"
          onClick={mute}
        />
      )}
      {talks && hasIt && (
        <IconButton
          label={t(held ? 'call.resume' : 'call.hold')}
          icon={held ? Play : Pause}
          pressed={held}
          shortcut="h"
          className="call-button"
          onClick={hold}
        />
      )}
      {talks && hasIt && !compact && (
        <>
          <Button small icon={PhoneForwarded} onClick={() => setAsking('transfer')}>
            {t('call.transfer')}
          </Button>
          <Button small icon={UserPlus} onClick={() => setAsking('add')}>
            {t('call.add')}
          </Button>
          <More call={call} />
        </>
      )}
      <HangUp call={call} />
      {asking && <CallTargetDialog call={call} use={asking} onClose={() => setAsking(null)} />}
    </>
  )
}

/** What is seldom wanted: recording, where the line does so, and sending away whom one has added. */
function More({ call }: { call: Call }) {
  const { t } = useI18n()
  const command = useCallCommand(call)
  const records = RECORDS.has(call.recording)
  const mayRecord = useLines().data?.find(({ id }) => id === call.line.id)?.records
  const added = liveLegs(call).filter((leg) => leg.party === 'colleague')
  if (!records && !mayRecord && added.length === 0) return null
  return (
    <Menu
      trigger={
        <button type="button" className="icon-button call-button" aria-label={t('call.more')}>
          <Ellipsis size={18} aria-hidden="true" />
        </button>
      }
    >
      {(records || mayRecord) && (
        <MenuItem icon={CircleDot} onSelect={() => command.mutate({ name: 'record', body: { on: !records } })}>
          {t(records ? 'call.record_stop' : 'call.record')}
        </MenuItem>
      )}
      {added.map((leg) => (
        <MenuItem key={leg.id} icon={UserX} onSelect={() => command.mutate({ name: 'remove', body: { leg: leg.id } })}>
          {t('call.remove', { name: leg.name || leg.to })}
        </MenuItem>
      ))}
    </Menu>
  )
}

function Listening({ call, how }: { call: Call; how: string }) {
  const { t } = useI18n()
  const command = useCallCommand(call)
  return (
    <fieldset className="segments segments-small call-listening">
      <legend className="visually-hidden">{t('call.supervise')}</legend>
      {HOWS.map(({ how: one, label, icon: Icon }) => (
        <button
          key={one}
          type="button"
          className="segment"
          aria-pressed={how === one}
          data-state={how === one ? 'active' : 'inactive'}
          onClick={() => command.mutate({ name: 'listen', body: { how: how === one ? 'off' : one } })}
        >
          <Icon size={14} aria-hidden="true" />
          {t(label)}
        </button>
      ))}
    </fieldset>
  )
}

function HangUp({ call }: { call: Call }) {
  const { t } = useI18n()
  const command = useCallCommand(call)
  return (
    <Button
      small
      icon={PhoneOff}
      className="call-hang-up"
      busy={command.isPending}
      onClick={() => command.mutate({ name: 'hang-up' })}
    >
      {t('call.hang_up')}
    </Button>
  )
}

/** `m` and `h` work on every screen while one talks. */
function useCallKeys(mute: (() => void) | null, hold: (() => void) | null): void {
  useEffect(() => {
    callKeys.set({ mute, hold })
    return () => callKeys.set({ mute: null, hold: null })
  })
}
