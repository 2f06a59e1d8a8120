/** What this tab keeps of its session over a reload: sessionStorage, so that no other tab has it. */

export interface Tab {
  session: string
  /** proves that it is the same tab */
  resume: string
  /** number of the last snapshot */
  epoch: number
  /** keeps the marks of the page's path from being guessed */
  salt: string
}

export interface TabShelf {
  load(): Tab | null
  save(tab: Tab): void
  forget(): void
}

/** The launcher looks for this key too. */
export const tabKey = (site: string): string => `cic:${site}:cobrowse`

export function createTab(site: string): TabShelf {
  const key = tabKey(site)
  return {
    load() {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? 'null') as Tab | null
      } catch {
        return null
      }
    },
    save(tab) {
      try {
        sessionStorage.setItem(key, JSON.stringify(tab))
      } catch {} // blocked: the session ends with the page
    },
    forget() {
      try {
        sessionStorage.removeItem(key)
      } catch {}
    },
  }
}
