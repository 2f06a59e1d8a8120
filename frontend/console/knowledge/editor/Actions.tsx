import { useQueryClient } from '@tanstack/react-query'
import {
  CalendarClock,
  CircleCheck,
  Ellipsis,
  FilePen,
  type LucideIcon,
  RotateCcw,
  Send,
  Trash2,
  Undo2,
} from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client'
import { go, to } from '../../app/router'
import { type Key, useI18n } from '../../i18n'
import { Button } from '../../ui/Button'
import { Menu, MenuItem, MenuSeparator } from '../../ui/Menu'
import { removeLater } from '../../ui/removeLater'
import { showToast } from '../../ui/toast'
import { type Act, actsFor } from './actions'
import { RetireDialog } from './RetireDialog'
import { ScheduleDialog } from './ScheduleDialog'
import type { EditorModel } from './useEditor'

const ACTS: Record<Act, { label: Key; icon: LucideIcon; said: Key }> = {
  create: { label: 'act.save_draft', icon: FilePen, said: 'form.saved' },
  save: { label: 'common.save', icon: FilePen, said: 'form.saved' },
  save_draft: { label: 'act.save_draft', icon: FilePen, said: 'said.draft' },
  submit: { label: 'act.submit', icon: Send, said: 'said.submitted' },
  publish: { label: 'act.publish', icon: CircleCheck, said: 'said.published' },
  publish_changes: { label: 'act.publish_changes', icon: CircleCheck, said: 'said.published' },
  publish_again: { label: 'act.publish_again', icon: CircleCheck, said: 'said.published' },
  schedule: { label: 'act.schedule', icon: CalendarClock, said: 'said.scheduled' },
  reschedule: { label: 'act.reschedule', icon: CalendarClock, said: 'said.scheduled' },
  revise: { label: 'act.revise', icon: FilePen, said: 'said.draft' },
  drop_changes: { label: 'act.drop_changes', icon: RotateCcw, said: 'said.dropped' },
  retire: { label: 'act.retire', icon: Undo2, said: 'said.retired' },
  delete: { label: 'act.delete', icon: Trash2, said: 'resource.removed' },
}

/** What can be done with the article now: one thing first, one beside it, the rest in a menu. */
export function Actions({ editor }: { editor: EditorModel }) {
  const { t } = useI18n()
  const queries = useQueryClient()
  const [asked, setAsked] = useState<'schedule' | 'retire' | null>(null)
  const { standing, state, busy } = editor
  const { primary, second, more } = actsFor(standing)
  const { base } = state

  async function act(name: Act, publish_at?: string) {
    const saved = await editor.save(name, publish_at ? { publish_at } : {})
    if (saved) showToast('good', t(ACTS[name].said))
    return saved
  }

  async function retire() {
    const mayUndo = base?.state === 'published'
    const saved = await editor.save('retire')
    const run = () => act('publish_again')
    if (saved) showToast('good', t('said.retired'), mayUndo ? { label: t('common.undo'), run } : undefined)
  }

  function remove() {
    if (!base) return
    const refresh = () => queries.invalidateQueries({ queryKey: ['kb-articles'] })
    removeLater(
      () => api.remove(`/api/kb/articles/${base.id}`),
      t('resource.removed', { name: base.title }),
      refresh,
      t,
    )
    go(to.knowledge())
  }

  async function dropChanges() {
    if (!base?.live_version) return
    editor.discard()
    await editor.restore(base.live_version, 'published', 'said.dropped')
  }

  function choose(name: Act) {
    if (name === 'schedule' || name === 'reschedule') setAsked('schedule')
    else if (name === 'retire') base?.links.from.length || base?.state !== 'published' ? setAsked('retire') : retire()
    else if (name === 'delete') remove()
    else if (name === 'drop_changes') dropChanges()
    else act(name)
  }

  const button = (name: Act, variant: 'primary' | 'outline') => (
    <Button variant={variant} busy={busy === name} disabled={busy !== null} onClick={() => choose(name)}>
      {t(ACTS[name].label)}
    </Button>
  )
  return (
    <div className="author-actions">
      <span className="muted author-saved" aria-live="polite">
        {t(
          busy ? 'article.saving' : standing.isDirty ? 'form.dirty' : standing.isNew ? 'article.not_yet' : 'form.clean',
        )}
      </span>
      {standing.state === 'scheduled' && standing.hasNewWords && !standing.mayPublish && (
        <span className="warn">{t('article.scheduled_locked')}</span>
      )}
      {second && button(second, 'outline')}
      {primary && button(primary, 'primary')}
      <Menu
        trigger={
          <button type="button" className="icon-button" aria-label={t('article.more_actions')}>
            <Ellipsis size={18} aria-hidden="true" />
          </button>
        }
      >
        {more.map((name) => (
          <MenuItem key={name} icon={ACTS[name].icon} disabled={busy !== null} onSelect={() => choose(name)}>
            {t(ACTS[name].label)}
          </MenuItem>
        ))}
        {!standing.isNew && standing.isDirty && (
          <>
            <MenuSeparator />
            <MenuItem icon={RotateCcw} onSelect={editor.discard}>
              {t('act.discard')}
            </MenuItem>
          </>
        )}
      </Menu>
      <ScheduleDialog
        open={asked === 'schedule'}
        at={base?.publish_at ?? null}
        onClose={() => setAsked(null)}
        onChoose={(at) => {
          setAsked(null)
          act('schedule', at)
        }}
      />
      <RetireDialog
        open={asked === 'retire'}
        from={base?.links.from ?? []}
        onClose={() => setAsked(null)}
        onConfirm={() => {
          setAsked(null)
          retire()
        }}
      />
    </div>
  )
}
