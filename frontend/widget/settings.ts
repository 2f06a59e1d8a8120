/** What the host page says about the widget: the attributes of its script element. */
import { type Language, pickLanguage } from '../shared/i18n'

export interface Identity {
  email: string
  name: string
  /** HMAC of the address with the site's secret, made by the host's server: proof that this is the person */
  hmac: string
}

export interface Settings {
  /** origin of the centre, where the script came from */
  base: string
  site: string
  language: Language
  identity: Identity | null
  theme: string
  /** the site asks to show the panel without a click */
  open: boolean
  /** the page or its network lets no WebSocket through */
  byHttp: boolean
}

/** null when the element does not name a site. */
export function readSettings(script: HTMLScriptElement | null): Settings | null {
  const { site, lang, identity, theme = '', open, transport } = script?.dataset ?? {}
  if (!script || !site) return null
  return {
    base: new URL(script.src).origin,
    site,
    language: pickLanguage(lang, document.documentElement.lang, ...navigator.languages),
    identity: readIdentity(identity),
    theme,
    open: open !== undefined && open !== 'false',
    byHttp: transport === 'http',
  }
}

function readIdentity(text: string | undefined): Identity | null {
  try {
    return text ? (JSON.parse(text) as Identity) : null
  } catch {
    return null
  }
}
