import { Hand, RotateCcw } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { Detail } from '../api/types'
import { useMe } from '../app/me'
import { runCommand } from '../conversation/commands'
import { useI18n } from '../i18n'
import { Button, Kbd } from '../ui/Button'
import { useStore } from '../ui/useStore'
import { composerFocus } from './focus'

/** Why nothing can be written to the customer now, and what to do about it. */
export function Locked({ detail }: { detail: Detail }) {
  const { t } = useI18n()
  const { row, may } = detail
  const me = useMe()
  const isMine = row.state === 'assigned' && row.assigned_to?.id === me.id
  const box = useRef<HTMLDivElement>(null)
  const focus = useStore(composerFocus)
  useEffect(() => {
    // Just taken: the editor is about to come and wants the focus itself.
    if (focus.asked === 0 || focus.kind !== 'message' || isMine) return
    box.current?.querySelector('button')?.focus()
    composerFocus.set({ ...focus, asked: 0 })
  }, [focus, isMine])
  const text =
    row.state === 'closed'
      ? t('composer.locked_closed')
      : row.assigned_to
        ? t('composer.locked_other', { name: row.assigned_to.name })
        : t('composer.locked_waiting')
  return (
    <div className="locked" ref={box}>
      <p>{text}</p>
      {may.take && (
        <Button variant="primary" icon={Hand} onClick={() => runCommand('take')}>
          {t('action.take')}
          <Kbd keys="a" />
        </Button>
      )}
      {!may.take && may.reopen && (
        <Button icon={RotateCcw} onClick={() => runCommand('reopen')}>
          {t('action.reopen')}
        </Button>
      )}
    </div>
  )
}
