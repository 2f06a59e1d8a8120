import { reportError } from '../app/errors'
import type { Translate } from '../i18n'
import { showToast, UNDO_MS } from './toast'

/** Deletes when undo is no longer offered, or when the page is left; `refresh` runs after it, and after an undo. */
export function removeLater(run: () => Promise<unknown>, said: string, refresh: () => void, t: Translate): void {
  const remove = () => {
    window.removeEventListener('pagehide', remove)
    run().then(refresh, (error) => {
      refresh()
      reportError(error, t)
    })
  }
  const timer = setTimeout(remove, UNDO_MS)
  window.addEventListener('pagehide', remove)
  const undo = () => {
    clearTimeout(timer)
    window.removeEventListener('pagehide', remove)
    refresh()
  }
  showToast('good', said, { label: t('common.undo'), run: undo })
}
