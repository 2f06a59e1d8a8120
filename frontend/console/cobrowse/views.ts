/** Which page is looked at beside which conversation, and where a code is asked for. It ends with this tab. */
import { createStore } from '../../shared/store'

/** Interaction -> the session whose view is open there. A view that has ended stays until it is closed. */
export const openViews = createStore<Readonly<Record<string, string>>>({})

/** `interaction` "" = the page belongs to no open conversation; `why` = nothing could be seen without a code. */
export type Asking = { interaction: string; why: boolean }
export const askedCode = createStore<Asking | null>(null)

export function openView(interaction: string, session: string): void {
  openViews.update((views) => ({ ...views, [interaction]: session }))
}

export function closeView(interaction: string): void {
  openViews.update(({ [interaction]: _closed, ...others }) => others)
}
