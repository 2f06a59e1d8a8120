import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useReducer, useState } from 'react'
import { ApiError, api } from '../../api/client'
import { reportError } from '../../app/errors'
import { useMay, useMe } from '../../app/me'
import { useLeaveGuard } from '../../app/useLeaveGuard'
import { type Key, useI18n } from '../../i18n'
import { useRested } from '../../search/useSearch'
import { showToast } from '../../ui/toast'
import type { Article, ArticleState } from '../types'
import { type Act, STATE_OF, type Standing } from './actions'
import { type Changes, changesOf, type Editing, edited, hasNewWords, isDirty, startEditing } from './editing'
import { dropDraft, keepDraft, type LocalDraft, readDraft } from './localDrafts'

const KEEP_AFTER_MS = 400
const ASIDE = '.aside'

/** How a save is meant, beside what it holds. */
export type Saving = { publish_at?: string; translated?: boolean }
type EditorProps = { article: Article | null; given: Changes; draftKey: string; onCreated: (article: Article) => void }
export type EditorModel = ReturnType<typeof useEditor>

/** One article being written: its words, their way to the server, and whatever comes between. */
export function useEditor({ article, given, draftKey, onCreated }: EditorProps) {
  const { t } = useI18n()
  const me = useMe().id
  const mayPublish = useMay('publish_knowledge')
  const queries = useQueryClient()
  const [found] = useState(() => readDraft(me, draftKey))
  const [state, dispatch] = useReducer(edited, null, () => withDraft(startEditing(article, given), found))
  const [restored, setRestored] = useState(found?.at ?? null)
  const [aside, setAside] = useState(() => readDraft(me, draftKey + ASIDE))
  const [note, setNote] = useState({ comment: '', minor: false, translated: false })
  const [busy, setBusy] = useState<Act | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [attempt, setAttempt] = useState<{ act: Act; saving: Saving }>({ act: 'save', saving: {} })
  const { base, values, start, expected } = state
  const dirty = isDirty(state)
  useLeaveGuard(dirty && busy === null, t('article.unsaved'))
  const arrive = useEffectEvent((newer: Article) => dispatch({ type: 'arrived', article: newer }))
  useEffect(() => {
    if (article) arrive(article)
  }, [article])
  useKept(me, draftKey, changesOf(values, start), expected)

  const standing: Standing = {
    state: base?.state ?? 'draft',
    live: base?.live ?? false,
    isNew: base === null,
    isDirty: dirty,
    hasNewWords: hasNewWords(state),
    mayPublish,
  }

  /** Puts what the server says now before everybody who shows it. */
  function learn(newer: Article): void {
    queries.setQueryData(['kb-article', newer.id], newer)
    for (const key of ['kb-articles', 'kb-versions', 'kb-diff', 'kb-links', 'resource'])
      queries.invalidateQueries({ queryKey: [key] })
    for (const { id } of newer.translations) queries.invalidateQueries({ queryKey: ['kb-article', id] })
  }

  async function send(act: Act, saving: Saving, from: Editing): Promise<Article> {
    const wanted = { state: STATE_OF[act], comment: note.comment, ...saving }
    if (!from.base) return api.post<Article>('/api/kb/articles', { ...from.values, ...wanted })
    const translated = saving.translated ?? note.translated
    const changes = changesOf(from.values, from.start)
    const body = { ...changes, ...wanted, expected: from.expected, minor: note.minor, translated }
    return api.patch<Article>(`/api/kb/articles/${from.base.id}`, body)
  }

  /** The article as saved, or null when it was refused: then the words are still here. */
  async function save(act: Act, saving: Saving = {}, from: Editing = state): Promise<Article | null> {
    setBusy(act)
    setError(null)
    setAttempt({ act, saving })
    try {
      const saved = await send(act, saving, from)
      dropDraft(me, draftKey)
      dispatch({ type: 'saved', article: saved, sent: from.values })
      setNote({ comment: '', minor: false, translated: false })
      setRestored(null)
      learn(saved)
      if (!base) onCreated(saved)
      return saved
    } catch (problem) {
      await refused(problem)
      return null
    } finally {
      setBusy(null)
    }
  }

  async function refused(problem: unknown): Promise<void> {
    if (base && problem instanceof ApiError && problem.code === 'article_changed') {
      try {
        dispatch({ type: 'conflict', theirs: await api.get<Article>(`/api/kb/articles/${base.id}`) })
        return
      } catch (worse) {
        setError(worse)
        return
      }
    }
    setError(problem)
  }

  /** Says again what an earlier version said; unless told otherwise as a draft, which no reader sees. */
  async function restore(version: number, to: ArticleState = 'draft', said: Key = 'versions.restored'): Promise<void> {
    if (!base) return
    const before = base
    const path = `/api/kb/articles/${before.id}`
    const goTo = (number: number, state: ArticleState) =>
      api.post<Article>(`${path}/restore`, { version: number, state })
    const undo = async () => {
      const back = await goTo(before.version, 'draft')
      const { state: was, publish_at } = before
      learn(was === 'draft' ? back : await api.patch<Article>(path, { state: was, publish_at }))
    }
    const run = () => undo().catch((problem) => reportError(problem, t))
    try {
      const again = await goTo(version, to)
      learn(again)
      showToast('good', t(said, { n: version, now: again.version }), { label: t('common.undo'), run })
    } catch (problem) {
      reportError(problem, t)
    }
  }

  /** Mine over theirs: only what I have changed is written, theirs stays among the versions. */
  function saveOver(): void {
    dispatch({ type: 'keep_mine' })
    save(attempt.act, attempt.saving, edited(state, { type: 'keep_mine' }))
  }

  function discard(): void {
    const changes = changesOf(values, start)
    dispatch({ type: 'discard' })
    setRestored(null)
    setError(null)
    const run = () => dispatch({ type: 'bring_back', changes, expected })
    showToast('good', t('article.discarded'), { label: t('common.undo'), run })
  }

  function setMineAside(): void {
    const mine: LocalDraft = { changes: changesOf(values, start), expected, at: new Date().toISOString() }
    keepDraft(me, draftKey + ASIDE, mine)
    setAside(mine)
    dispatch({ type: 'take_theirs' })
  }

  function endAside(bringBack: boolean): void {
    if (aside && bringBack) dispatch({ type: 'bring_back', changes: aside.changes, expected })
    dropDraft(me, draftKey + ASIDE)
    setAside(null)
  }

  return {
    state,
    values,
    standing,
    restored,
    aside,
    note,
    setNote,
    busy,
    error,
    learn,
    save,
    restore,
    discard,
    setMineAside,
    endAside,
    edit: (part: Changes) => dispatch({ type: 'edit', part }),
    saveOver,
    decideLater: () => dispatch({ type: 'decide_later' }),
  }
}

function withDraft(state: ReturnType<typeof startEditing>, draft: LocalDraft | null) {
  return draft ? edited(state, { type: 'bring_back', changes: draft.changes, expected: draft.expected }) : state
}

/** Keeps what is not saved in the browser, a moment after it was typed. */
function useKept(user: string, key: string, changes: Changes, expected: number): void {
  const rested = useRested(JSON.stringify(changes), KEEP_AFTER_MS)
  useEffect(() => {
    const kept = readDraft(user, key)
    if (rested === '{}') dropDraft(user, key)
    else if (JSON.stringify(kept?.changes) !== rested || kept?.expected !== expected)
      keepDraft(user, key, { changes: JSON.parse(rested), expected, at: new Date().toISOString() })
  }, [user, key, rested, expected])
}
