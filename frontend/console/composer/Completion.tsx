import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'
import { api, withQuery } from '../api/client'
import type { Suggestion } from '../api/types'
import { usePeople } from '../conversation/TransferDialog'
import { useI18n } from '../i18n'
import { withSource } from '../knowledge/source'
import type { Asked } from './completion'

/** `suggestion`: the answer of knowledge that it is, to be counted when it is taken. */
type Choice = { id: string; title: string; text: string; hint: string; suggestion?: string }
type CompletionProps = {
  asked: Asked
  /** Of the list; the box that asks points there. */
  id: string
  onPick: (text: string, suggestion?: string) => void
  onClose: () => void
  /** The option that Enter takes, by its id; null while there is none. */
  onActive: (option: string | null) => void
}

const MOST = 6

/**
 * Answers to `?words` and names for `@`: arrows choose, Enter takes, Escape closes. The focus stays in the box, which
 * names the chosen option: a text area may be no combobox, but it may point into a list.
 */
export function Completion({ asked, id, onPick, onClose, onActive }: CompletionProps) {
  const { t } = useI18n()
  const choices = useChoices(asked)
  const [active, setActive] = useState(0)
  const index = Math.min(active, Math.max(0, choices.length - 1))
  const option = choices[index] ? `${id}-${index}` : null
  const tell = useEffectEvent(onActive)
  useEffect(() => tell(option), [option])
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const chosen = choices[index]
    if (event.key === 'Escape') onClose()
    else if (event.key === 'ArrowDown') setActive((index + 1) % Math.max(1, choices.length))
    else if (event.key === 'ArrowUp') setActive((index + choices.length - 1) % Math.max(1, choices.length))
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.ctrlKey && !event.metaKey && chosen)
      onPick(chosen.text, chosen.suggestion)
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listener, true)
    return () => window.removeEventListener('keydown', listener, true)
  }, [])
  const empty =
    asked.kind === 'knowledge'
      ? asked.query
        ? t('completion.none')
        : t('completion.knowledge')
      : t('completion.nobody')
  if (choices.length === 0) {
    return (
      <div className="completion">
        <p role="status" className="completion-empty muted">
          {empty}
        </p>
      </div>
    )
  }
  return (
    <div
      className="completion"
      id={id}
      role="listbox"
      aria-label={t(asked.kind === 'knowledge' ? 'completion.knowledge_label' : 'completion.mention_label')}
    >
      {choices.map((choice, position) => (
        <div
          key={choice.id}
          id={`${id}-${position}`}
          role="option"
          tabIndex={-1}
          aria-selected={position === index}
          className="completion-item"
          onPointerDown={(event) => {
            event.preventDefault()
            onPick(choice.text, choice.suggestion)
          }}
        >
          <span className="clip">{choice.title}</span>
          <span className="muted clip">{choice.hint}</span>
        </div>
      ))}
    </div>
  )
}

function useChoices(asked: Asked): Choice[] {
  const isKnowledge = asked.kind === 'knowledge'
  const found = useQuery({
    queryKey: ['kb-suggest', asked.query],
    enabled: isKnowledge && asked.query.length > 1,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<{ items: Suggestion[] }>(withQuery('/api/kb/suggest', { q: asked.query }), signal),
  })
  const people = usePeople(!isKnowledge)
  if (isKnowledge) {
    const items = asked.query.length > 1 ? (found.data?.items ?? []) : []
    return items.slice(0, MOST).map((item) => ({
      id: item.id,
      title: item.title,
      text: withSource(item),
      hint: item.snippet,
      suggestion: item.id,
    }))
  }
  const wanted = asked.query.toLocaleLowerCase()
  return (people.data ?? [])
    .filter((person) => person.name.toLocaleLowerCase().includes(wanted))
    .slice(0, MOST)
    .map(({ id, name }) => ({ id, title: name, text: `@${name} `, hint: '' }))
}
