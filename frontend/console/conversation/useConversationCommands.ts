import {
  ArrowRightLeft,
  CircleCheckBig,
  Hand,
  KeySquare,
  MessageSquareReply,
  MonitorSmartphone,
  PanelRight,
  RotateCcw,
  StickyNote,
  Undo2,
} from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import type { Action, Detail } from '../api/types'
import { useLook } from '../cobrowse/useCobrowse'
import { askedCode } from '../cobrowse/views'
import { focusComposer } from '../composer/focus'
import { useMedia, WIDE } from '../ui/useMedia'
import { type OpenCommand, openCommands } from './commands'
import { customerDrawer, toggleCustomerPane } from './panes'
import { type Command, useActions } from './useActions'

/** Tells header, keyboard and palette what is possible with this interaction now. */
export function useConversationCommands(detail: Detail, transfer: () => void): void {
  const { command } = useActions(detail.row.id)
  const wide = useMedia(WIDE)
  const look = useLook(detail.row.id)
  const startLook = useEffectEvent(() => look.mutate())
  const askCode = useEffectEvent(() => askedCode.set({ interaction: detail.row.id, why: false }))
  const send = useEffectEvent((name: Command) => command.mutate(name))
  const openTransfer = useEffectEvent(transfer)
  const { may } = detail
  const { state } = detail.row
  useEffect(() => {
    const possible = (action: Action) => may[action] === true
    const commands: (OpenCommand | false)[] = [
      possible('take') && { name: 'take', label: 'action.take', icon: Hand, shortcut: 'a', run: () => send('take') },
      {
        name: 'reply',
        label: 'action.reply',
        icon: MessageSquareReply,
        shortcut: 'r',
        run: () => focusComposer('message'),
      },
      { name: 'note', label: 'action.note', icon: StickyNote, shortcut: 'n', run: () => focusComposer('note') },
      possible('reply') && { name: 'look', label: 'cobrowse.look', icon: MonitorSmartphone, run: startLook },
      possible('reply') && { name: 'code', label: 'cobrowse.code_title', icon: KeySquare, run: askCode },
      possible('transfer') && {
        name: 'transfer',
        label: 'action.transfer',
        icon: ArrowRightLeft,
        shortcut: 't',
        run: openTransfer,
      },
      possible('release') && {
        name: 'release',
        label: 'action.release',
        icon: Undo2,
        shortcut: 'u',
        run: () => send('release'),
      },
      possible('close') &&
        state !== 'closed' && {
          name: 'close',
          label: 'action.close',
          icon: CircleCheckBig,
          shortcut: 'e',
          run: () => send('close'),
        },
      possible('reopen') && {
        name: 'reopen',
        label: 'action.reopen',
        icon: RotateCcw,
        shortcut: 'o',
        run: () => send('reopen'),
      },
      {
        name: 'customer',
        label: 'customer.toggle',
        icon: PanelRight,
        shortcut: 'i',
        run: () => (wide ? toggleCustomerPane() : customerDrawer.update((open) => !open)),
      },
    ]
    openCommands.set(commands.filter((entry) => entry !== false))
    return () => openCommands.set([])
  }, [may, state, wide])
}
