import { useState } from 'react'
import { api } from '../../api/client'
import { reportError } from '../../app/errors'
import { useI18n } from '../../i18n'
import { showToast } from '../../ui/toast'
import type { Article, KnowledgeFile } from '../types'
import type { EditorModel } from './useEditor'

/** Stores files with the article; a new article is saved as a draft first, for files belong to one. */
export function useFileUpload(editor: EditorModel) {
  const { t } = useI18n()
  const [busy, setBusy] = useState(false)

  async function owner(): Promise<Article | null> {
    if (editor.state.base) return editor.state.base
    if (editor.values.title.trim()) return editor.save('create')
    showToast('info', t('files.title_first'))
    return null
  }

  /** The Markdown of each file that was stored. */
  async function send(files: File[]): Promise<string[]> {
    if (files.length === 0) return []
    setBusy(true)
    const article = await owner()
    const stored: KnowledgeFile[] = []
    try {
      for (const file of article ? files : []) stored.push(await store(article as Article, file))
    } catch (error) {
      reportError(error, t)
    } finally {
      setBusy(false)
      if (article && stored.length > 0) editor.learn({ ...article, files: [...article.files, ...stored] })
    }
    return stored.map((file) => file.markdown)
  }
  return { busy, send }
}

async function store(article: Article, file: File): Promise<KnowledgeFile> {
  const form = new FormData()
  form.append('file', file)
  return api.post<KnowledgeFile>(`/api/kb/articles/${article.id}/files`, form)
}
