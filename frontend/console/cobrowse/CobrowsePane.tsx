import { X } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { useI18n } from '../i18n'
import { IconButton } from '../ui/Button'
import { useStore } from '../ui/useStore'
import { closeView, openViews } from './views'

const WIDTH = 'console.cobrowse-width'
const LEAST = 35
const MOST = 80
const STEP = 5

/** The customer's page beside the conversation: a document of its own, under a policy of its own. */
export function CobrowsePane({ interaction }: { interaction: string }) {
  const { t } = useI18n()
  const session = useStore(openViews)[interaction]
  const [width, setWidth] = useWidth()
  if (!session) return null
  return (
    <>
      <Divider width={width} onChange={setWidth} />
      <section className="cobrowse-pane" aria-label={t('cobrowse.pane')} style={{ flexBasis: `${width}%` }}>
        <header className="cobrowse-pane-head">
          <h2>{t('cobrowse.pane')}</h2>
          <IconButton label={t('cobrowse.close')} icon={X} onClick={() => closeView(interaction)} />
        </header>
        <iframe
          key={session}
          className="cobrowse-frame"
          title={t('cobrowse.pane')}
          src={`/console/cobrowse-view/?session=${encodeURIComponent(session)}`}
        />
      </section>
    </>
  )
}

/** Kept for the next time, in per cent of the room for both. */
function useWidth(): [number, (width: number) => void] {
  const [width, setWidth] = useState(() => within(Number(localStorage.getItem(WIDTH)) || 60))
  const change = (next: number) => {
    setWidth(within(next))
    localStorage.setItem(WIDTH, String(within(next)))
  }
  return [width, change]
}

const within = (width: number) => Math.round(Math.max(LEAST, Math.min(MOST, width)))

type DividerProps = { width: number; onChange: (width: number) => void }

/** Moved by pointer or by arrow keys. */
function Divider({ width, onChange }: DividerProps) {
  const { t } = useI18n()
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === 'ArrowLeft') onChange(width + STEP)
    if (key === 'ArrowRight') onChange(width - STEP)
  }
  const onPointerMove = ({ currentTarget, pointerId, clientX }: PointerEvent<HTMLElement>) => {
    const room = currentTarget.parentElement?.getBoundingClientRect()
    if (room && currentTarget.hasPointerCapture(pointerId)) onChange(((room.right - clientX) / room.width) * 100)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      className="cobrowse-divider"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('cobrowse.resize')}
      aria-valuenow={width}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      onKeyDown={onKeyDown}
      onPointerDown={({ currentTarget, pointerId }) => currentTarget.setPointerCapture(pointerId)}
      onPointerMove={onPointerMove}
    />
  )
}
