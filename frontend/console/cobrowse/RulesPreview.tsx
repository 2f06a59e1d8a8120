import { useCallback, useEffect, useRef, useState } from 'react'
import type { Counts, Passed, Ready, ToPage } from '../../cobrowse-preview/wire'
import type { Rules } from '../../shared/cobrowse/wire'
import { useI18n } from '../i18n'
import type { Values } from '../resource/spec'
import { useRested } from '../search/useSearch'
import { Button } from '../ui/Button'
import { TextField } from '../ui/Field'
import { SAMPLE } from './sample'
import { badLines, linesOf } from './selectors'

const DOCUMENTS = '/console/cobrowse-preview'
const LISTS = ['show', 'mask', 'block'] as const

/** A page beside what agents would see of it under the rules as they stand in the form. Nothing leaves the browser. */
export function RulesPreview({ values }: { values: Values }) {
  const { t } = useI18n()
  const [html, setHtml] = useState(SAMPLE)
  const { page, agents, counts } = usePreview(useRested(html), rulesOf(values))
  const isBroken = LISTS.some((name) => badLines(linesOf(values[name])).length > 0)
  return (
    <section className="extra rules-preview">
      <h3>{t('rules.preview')}</h3>
      <p className="muted">{t('rules.preview_text')}</p>
      <TextField multiline mono rows={5} label={t('rules.html')} value={html} onChange={setHtml} />
      {html !== SAMPLE && <Button onClick={() => setHtml(SAMPLE)}>{t('rules.sample')}</Button>}
      <p role="status">
        {isBroken
          ? t('rules.preview_bad')
          : counts
            ? t('rules.preview_counts', { ...counts })
            : t('rules.preview_wait')}
      </p>
      <div className="rules-frames">
        <figure>
          <figcaption>{t('rules.preview_page')}</figcaption>
          <iframe ref={page} src={`${DOCUMENTS}/page/`} title={t('rules.preview_page')} sandbox="allow-scripts" />
        </figure>
        <figure>
          <figcaption>{t('rules.preview_agents')}</figcaption>
          <iframe ref={agents} src={`${DOCUMENTS}/agents/`} title={t('rules.preview_agents')} />
        </figure>
      </div>
    </section>
  )
}

function rulesOf(values: Values): Rules {
  const lines = (name: string) => linesOf(values[name]).filter(Boolean)
  return { show: lines('show'), mask: lines('mask'), block: lines('block'), deny: values.deny === true }
}

/** The page goes to the one frame, comes back as what has passed, and goes to the other. */
function usePreview(html: string, rules: Rules) {
  const page = useRef<HTMLIFrameElement>(null)
  const agents = useRef<HTMLIFrameElement>(null)
  const passed = useRef<Passed | null>(null)
  const [isReady, setReady] = useState(false)
  const [counts, setCounts] = useState<Counts | null>(null)
  const key = useRested(JSON.stringify({ html, rules }))
  const hand = useCallback(() => {
    if (passed.current) agents.current?.contentWindow?.postMessage(passed.current, location.origin)
  }, [])
  useEffect(() => {
    const heard = ({ source, data }: MessageEvent<Ready | Passed>) => {
      if (source === page.current?.contentWindow) {
        if ('ready' in data) return setReady(true)
        passed.current = data
        setCounts(data.counts)
        hand()
      } else if (source === agents.current?.contentWindow) hand()
    }
    window.addEventListener('message', heard)
    return () => window.removeEventListener('message', heard)
  }, [hand])
  useEffect(() => {
    // The sandbox has no origin that could be named.
    if (isReady) page.current?.contentWindow?.postMessage(JSON.parse(key) as ToPage, '*')
  }, [isReady, key])
  return { page, agents, counts }
}
