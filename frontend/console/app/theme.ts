import type { Theme } from '../api/types'

/** Fixes light or dark on the page; "system" follows the computer. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
