/** The screen "call me back": loaded when somebody goes there, with all that only it needs. */
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { type Translator, translator } from '../../shared/i18n'
import type { Settings } from '../settings'
import type { Keep } from '../storage'
import styles from './callback.css?inline'
import { askOffer, callbackAddress, visitorOf } from './door'
import { texts } from './texts'

export interface Offer {
  line: string | null
  who: string
  clock: string
  zone: string
  soonest: string | null
  days: { words: string; choices: { start: string; words: string }[] }[]
  subjects: { id: string; words: string }[]
  open: { when: string } | null
}

interface Shown {
  place: HTMLElement
  q: string
  settings: Settings
  root: ShadowRoot
  keep: Keep
}

/** What has been promised; `key` names a request that was made here. */
interface Promised {
  when: string
  key: string
  title: 'done' | 'open'
}

type T = Translator<keyof typeof texts.en>
type Problems = Record<string, string>
const sheets = new WeakSet<ShadowRoot>()

export function show(shown: Shown): void {
  if (!sheets.has(shown.root)) {
    sheets.add(shown.root)
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(styles)
    shown.root.adoptedStyleSheets.push(sheet)
  }
  render(<Callback {...shown} />, shown.place)
}

function Callback({ q, settings, keep }: Shown) {
  const t = translator(settings.language, texts)
  const [offer, setOffer] = useState<Offer | 'failed' | null>(null)
  const [promised, setPromised] = useState<Promised | 'cancelled' | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, and again when a callback has been cancelled
  useEffect(() => {
    if (promised === null)
      askOffer(settings, keep).then(
        (found) => {
          setOffer(found)
          if (found.open) setPromised({ when: found.open.when, key: '', title: 'open' })
        },
        () => setOffer('failed'),
      )
  }, [promised === null])

  if (promised === 'cancelled')
    return (
      <div class="callback">
        <p class="notice good" role="status">
          {t('cancelled')}
        </p>
        <button type="button" class="quiet" onClick={() => setPromised(null)}>
          {t('again')}
        </button>
      </div>
    )
  if (promised)
    return <Standing t={t} promised={promised} cancel={() => cancel(settings, keep, promised)} onEnd={setPromised} />
  if (offer === 'failed')
    return (
      <p class="notice bad" role="alert">
        {t('failed')}
      </p>
    )
  if (!offer) return <p class="muted">{t('loading')}</p>
  return <Form t={t} q={q} offer={offer} settings={settings} keep={keep} onPromise={setPromised} />
}

interface StandingProps {
  t: T
  promised: Promised
  cancel(): Promise<Answer>
  onEnd(end: 'cancelled'): void
}

function Standing({ t, promised, cancel, onEnd }: StandingProps) {
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const press = (): void => {
    setBusy(true)
    cancel().then(({ problems }) => {
      setBusy(false)
      if (problems) setProblem(Object.values(problems)[0] || t('failed'))
      else onEnd('cancelled')
    })
  }
  return (
    <div class="callback">
      <div role="status">
        <h1>{t(promised.title)}</h1>
        <p>
          <strong>{promised.when}</strong>
        </p>
      </div>
      <p class="muted">{t('reach')}</p>
      {promised.title === 'done' && <p class="muted">{t('before')}</p>}
      <p class="problem" role="alert">
        {problem}
      </p>
      <button type="button" class="quiet" disabled={busy} onClick={press}>
        {t('cancel')}
      </button>
    </div>
  )
}

interface FormProps {
  t: T
  q: string
  offer: Offer
  settings: Settings
  keep: Keep
  onPromise(promised: Promised): void
}

function Form({ t, q, offer, settings, keep, onPromise }: FormProps) {
  const [problems, setProblems] = useState<Problems>({})
  const [busy, setBusy] = useState(false)
  const [clientId] = useState(() => crypto.randomUUID())

  const send = (event: SubmitEvent): void => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const chat = keep.get('c')
    const wish = {
      ...Object.fromEntries(new FormData(form)),
      client_id: clientId,
      zone: offer.zone,
      q,
      chat,
      source: chat ? 'chat' : 'widget',
    }
    setBusy(true)
    post(settings, keep, 'requests', wish).then(({ body, problems }) => {
      setBusy(false)
      if (problems === undefined) return onPromise({ when: String(body.when), key: String(body.key), title: 'done' })
      setProblems(problems)
      const first = Object.keys(problems).find((name) => form.elements.namedItem(name))
      if (first) (form.elements.namedItem(first) as HTMLElement).focus()
    })
  }
  const wrong = (name: string) => ({ 'aria-invalid': name in problems, 'aria-describedby': `cb-${name}` })
  const Problem = ({ name }: { name: string }) => (
    <span class="problem small" id={`cb-${name}`}>
      {problems[name]}
    </span>
  )
  return (
    <form class="callback" noValidate onSubmit={send}>
      <p>{t('who', { who: offer.who })}</p>
      <label>
        {t('phone')}
        <input name="phone" type="tel" autocomplete="tel" {...wrong('phone')} />
        <Problem name="phone" />
      </label>
      <label>
        {t('name')}
        <input name="name" autocomplete="name" defaultValue={settings.identity?.name ?? ''} {...wrong('name')} />
        <Problem name="name" />
      </label>
      {!settings.identity && (
        <label>
          {t('email')}
          <input
            name="email"
            type="email"
            autocomplete="email"
            defaultValue={keep.get('contact')}
            {...wrong('email')}
          />
          <Problem name="email" />
        </label>
      )}
      <label>
        {t('subject')}
        <select name="subject">
          {offer.subjects.map(({ id, words }) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('text')}
        <textarea name="text" rows={2} defaultValue={q} {...wrong('text')} />
        <Problem name="text" />
      </label>
      <label>
        {t('when', { clock: offer.clock })}
        <select name="wanted_at" {...wrong('wanted_at')}>
          {offer.soonest && <option value="">{t('soon')}</option>}
          {offer.days.map(({ words, choices }) => (
            <optgroup key={words} label={words}>
              {choices.map(({ start, words: clock }) => (
                <option key={start} value={start}>
                  {clock}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        <Problem name="wanted_at" />
      </label>
      {offer.soonest && <p class="muted small">{t('soonest', { when: offer.soonest })}</p>}
      <p class="problem" role="alert">
        {problems['']}
      </p>
      <button type="submit" class="primary wide" disabled={busy}>
        {t('send')}
      </button>
      <p class="muted small">{t('privacy')}</p>
    </form>
  )
}

interface Answer {
  body: Record<string, unknown>
  /** By field, '' for none in particular; undefined when all went well. */
  problems?: Problems
}

const cancel = (settings: Settings, keep: Keep, { key }: Promised): Promise<Answer> =>
  post(settings, keep, 'requests/cancel', { key })

async function post(settings: Settings, keep: Keep, path: string, sent: object): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json', ...visitorOf(keep) }
  const options: RequestInit = { method: 'POST', credentials: 'omit', headers, body: JSON.stringify(sent) }
  try {
    const response = await fetch(callbackAddress(settings, path), options)
    const body = await response.json()
    return response.ok ? { body } : { body, problems: problemsOf(body) }
  } catch {
    return { body: {}, problems: { '': translator(settings.language, texts)('failed') } }
  }
}

/** The sentences of the fields that are wrong, else the one of the whole. */
function problemsOf({ message, details, code }: { message: string; details: object; code: string }): Problems {
  const fields = Object.entries(details).filter(([, words]) => typeof words === 'string')
  return code === 'callback_open' || !fields.length ? { '': message } : Object.fromEntries(fields)
}
