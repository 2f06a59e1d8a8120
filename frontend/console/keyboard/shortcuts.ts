/** Every key of the console, for the sheet; `useShortcuts` makes them work. */
import type { Key } from '../i18n'

export type Shortcut = { keys: string; label: Key }
export type ShortcutGroup = { title: Key; shortcuts: Shortcut[] }

export const SHORTCUTS: ShortcutGroup[] = [
  {
    title: 'keys.queue',
    shortcuts: [
      { keys: 'j', label: 'keys.next' },
      { keys: 'k', label: 'keys.previous' },
      { keys: 'enter', label: 'keys.open' },
      { keys: 'a', label: 'keys.accept' },
      { keys: 'd', label: 'keys.decline' },
    ],
  },
  {
    title: 'keys.conversation',
    shortcuts: [
      { keys: 'r', label: 'action.reply' },
      { keys: 'n', label: 'action.note' },
      { keys: 't', label: 'action.transfer' },
      { keys: 'u', label: 'action.release' },
      { keys: 'e', label: 'action.close' },
      { keys: 'o', label: 'action.reopen' },
      { keys: 'z', label: 'common.undo' },
      { keys: 'i', label: 'customer.toggle' },
      { keys: 'Esc', label: 'keys.back' },
    ],
  },
  {
    title: 'keys.call',
    shortcuts: [
      { keys: 'm', label: 'call.mute' },
      { keys: 'h', label: 'call.hold' },
    ],
  },
  {
    title: 'keys.writing',
    shortcuts: [
      { keys: 'mod+enter', label: 'composer.send' },
      { keys: 'mod+shift+enter', label: 'composer.send_close' },
      { keys: '?', label: 'keys.knowledge' },
      { keys: '@', label: 'keys.mention' },
      { keys: 'alt+1', label: 'keys.insert' },
    ],
  },
  {
    title: 'keys.go',
    shortcuts: [
      { keys: 'g q', label: 'nav.queue' },
      { keys: 'g b', label: 'nav.callbacks' },
      { keys: 'g s', label: 'nav.search' },
      { keys: 'g c', label: 'nav.customers' },
      { keys: 'g k', label: 'nav.knowledge' },
      { keys: 'g r', label: 'nav.reports' },
      { keys: 'g w', label: 'nav.work' },
      { keys: 'g ,', label: 'nav.settings' },
    ],
  },
  {
    title: 'keys.everywhere',
    shortcuts: [
      { keys: 'mod+k', label: 'keys.palette' },
      { keys: '/', label: 'nav.search' },
      { keys: '?', label: 'user.shortcuts' },
    ],
  },
]
