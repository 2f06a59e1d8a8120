import { useEffect, useRef } from 'preact/hooks'
import { useStore } from '../shared/use-store'
import { Icon } from './icons'
import type { TextKey } from './texts'
import type { Viewer } from './viewer'

const KEYS: [keys: string[], what: TextKey][] = [
  [['V'], 'tool_look'],
  [['P'], 'tool_point'],
  [['H'], 'tool_highlight'],
  [['D'], 'tool_draw'],
  [['C'], 'tool_control'],
  [['X'], 'clear'],
  [['←', '↑', '→', '↓'], 'key_move'],
  [['↵'], 'key_act'],
  [['Page ↑', 'Page ↓'], 'key_scroll'],
  [['Esc'], 'key_leave'],
  [['F'], 'follow'],
  [['+'], 'zoom_in'],
  [['−'], 'zoom_out'],
  [['0'], 'zoom_fit'],
  [['1'], 'zoom_full'],
  [['?'], 'keys'],
]

/** Every key of the view. */
export function Sheet({ viewer }: { viewer: Viewer }) {
  const { t, sheet } = viewer
  const isOpen = useStore(sheet)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby="keys-title" onClose={() => sheet.set(false)}>
      <div class="sheet-head">
        <h2 id="keys-title">{t('keys_title')}</h2>
        <button type="button" class="button icon-only" aria-label={t('close')} onClick={() => sheet.set(false)}>
          <Icon name="close" />
        </button>
      </div>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  )
}
