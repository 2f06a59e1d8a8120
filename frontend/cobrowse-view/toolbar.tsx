/** What the agent can do with the page, each with its key. */
import { useState } from 'preact/hooks'
import type { Scope } from '../shared/cobrowse/wire'
import { useStore } from '../shared/use-store'
import { Icon, type IconName } from './icons'
import { may, type Session } from './session'
import type { TextKey } from './texts'
import { NEEDS, type Tool, type Viewer } from './viewer'
import { zoomBy } from './zoom'

const TOOLS: { tool: Tool; icon: IconName; key: string }[] = [
  { tool: 'look', icon: 'eye', key: 'V' },
  { tool: 'point', icon: 'pointer', key: 'P' },
  { tool: 'highlight', icon: 'highlight', key: 'H' },
  { tool: 'draw', icon: 'draw', key: 'D' },
  { tool: 'control', icon: 'hand', key: 'C' },
]

interface Shown {
  viewer: Viewer
  session: Session
}

export function Toolbar({ viewer, session }: Shown) {
  const { t } = viewer
  const tool = useStore(viewer.tool)
  const mine = session.controller === session.you
  const usable = TOOLS.filter((one) => may(session, NEEDS[one.tool]) && (one.tool !== 'control' || mine))
  return (
    <div class="toolbar" role="toolbar" aria-label={t('tools')}>
      {usable.length > 1 && (
        <div class="group">
          {usable.map(({ tool: name, icon, key }) => (
            <button
              key={name}
              type="button"
              class="button"
              aria-pressed={tool === name}
              title={`${t(`tool_${name}`)} (${key})`}
              onClick={() => viewer.pick(name)}
            >
              <Icon name={icon} />
              <span class="words">{t(`tool_${name}`)}</span>
            </button>
          ))}
          {may(session, 'point') && (
            <button type="button" class="button" title={`${t('clear')} (X)`} onClick={() => clearMarks(viewer)}>
              <Icon name="clear" />
              <span class="words">{t('clear')}</span>
            </button>
          )}
        </div>
      )}
      <Asks viewer={viewer} session={session} />
      <View viewer={viewer} />
    </div>
  )
}

export function clearMarks({ marks, send }: Viewer): void {
  marks.clear()
  send({ t: 'clear' })
}

/** The next step is a button; what is rarer is behind "More". */
function Asks({ viewer, session }: Shown) {
  const { t, send } = viewer
  const [isOpen, setOpen] = useState(false)
  const ask = (scope: Scope, submit?: true): void => {
    setOpen(false)
    send({ t: 'consent.ask', scope, ...(submit && { submit }) })
  }
  const isFree = (scope: Scope): boolean => !may(session, scope) && !session.asked.some((one) => one.scope === scope)
  const next = (['point', 'control'] as const).find((scope) => !may(session, scope))
  const more: [TextKey, () => void][] = []
  if (next === 'control' && isFree('control')) more.push(['ask_control_submit', () => ask('control', true)])
  if (isFree('record')) more.push(['ask_record', () => ask('record')])
  if (isFree('p2p')) more.push(['ask_p2p', () => ask('p2p')])
  return (
    <div class="group">
      {next && (
        <button type="button" class="button primary" disabled={!isFree(next)} onClick={() => ask(next)}>
          <Icon name={next === 'point' ? 'pointer' : 'hand'} />
          {t(`ask_${next}`)}
        </button>
      )}
      {session.controller === session.you && (
        <button type="button" class="button" onClick={() => send({ t: 'control.release' })}>
          <Icon name="hand" />
          {t('release')}
        </button>
      )}
      {more.length > 0 && (
        // biome-ignore lint/a11y/noStaticElementInteractions: closes the menu of the buttons in it
        <div
          class="menu"
          onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
          onFocusOut={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOpen(false)}
        >
          <button
            type="button"
            class="button"
            aria-expanded={isOpen}
            aria-label={t('more')}
            title={t('more')}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="more" />
          </button>
          {isOpen && (
            <div class="menu-list">
              {more.map(([key, run]) => (
                <button key={key} type="button" class="button" onClick={run}>
                  {t(key)}
                </button>
              ))}
            </div>
          )}
        </div>
      )}
    </div>
  )
}

function View({ viewer }: { viewer: Viewer }) {
  const { t } = viewer
  const follow = useStore(viewer.follow)
  const zoom = useStore(viewer.zoom)
  const percent = Math.round(useStore(viewer.scale) * 100)
  return (
    <fieldset class="group end" aria-label={t('view_tools')}>
      <button
        type="button"
        class="button"
        aria-pressed={follow}
        title={`${t(follow ? 'follow_on' : 'follow_off')} (F)`}
        onClick={() => viewer.follow.set(!follow)}
      >
        <Icon name="follow" />
        <span class="words">{t('follow')}</span>
      </button>
      <button
        type="button"
        class="button icon-only"
        aria-label={t('zoom_out')}
        title={`${t('zoom_out')} (−)`}
        onClick={() => zoomBy(viewer, -1)}
      >
        <Icon name="smaller" />
      </button>
      <span class="percent">{t('zoom_is', { percent })}</span>
      <button
        type="button"
        class="button icon-only"
        aria-label={t('zoom_in')}
        title={`${t('zoom_in')} (+)`}
        onClick={() => zoomBy(viewer, 1)}
      >
        <Icon name="larger" />
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={zoom === 'fit'}
        title={`${t('zoom_fit')} (0)`}
        onClick={() => viewer.zoom.set('fit')}
      >
        <Icon name="fit" />
        <span class="words">{t('zoom_fit')}</span>
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={zoom === 1}
        title={`${t('zoom_full')} (1)`}
        onClick={() => viewer.zoom.set(1)}
      >
        {t('zoom_full')}
      </button>
      <button
        type="button"
        class="button icon-only"
        aria-label={t('keys')}
        title={`${t('keys')} (?)`}
        onClick={() => viewer.sheet.set(true)}
      >
        <Icon name="keys" />
      </button>
    </fieldset>
  )
}
