import { useEffect, useState } from 'preact/hooks'
import { useStore } from '../shared/use-store'
import type { Door } from './callback/door'
import type { Suggestion } from './config'
import { Availability, Header, isStaffed, usePromise } from './header'
import { Icon } from './icons'
import { useWidget } from './widget'

export function Home({ q }: { q: string }) {
  const { t, settings, view, chat, ask, failed, load } = useWidget()
  const config = useStore(useWidget().config)
  const unreachable = useStore(failed)
  useStore(chat.state)
  const [query, setQuery] = useState(q)
  const found = useSuggestions(query)
  const hits = query.trim() ? found : config?.suggestions.slice(0, 3)

  return (
    <>
      <Header>
        <span>{config?.name}</span>
      </Header>
      <div class="body">
        <h1 class="greeting">{config?.greeting[settings.language] || t('hello')}</h1>
        <Availability />
        {unreachable && <Failed onRetry={load} />}
        <label class="search">
          <Icon name="search" />
          <input
            data-focus
            type="search"
            aria-label={t('search')}
            placeholder={t('search')}
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </label>
        <Suggestions
          title={t(query.trim() ? 'answers' : 'often')}
          items={hits ?? []}
          none={query.trim() && found ? t('nothing') : ''}
          onPick={(id) => view.set({ name: 'article', id, q: query.trim(), from: 'home' })}
        />
      </div>
      <div class="base doors">
        <button type="button" class="primary wide" onClick={() => ask(query.trim())}>
          <Icon name={config && !isStaffed(config) ? 'mail' : 'chat'} />
          {t(chat.isRunning() ? 'resume' : config && !isStaffed(config) ? 'write' : 'chat')}
        </button>
        <DoorButton q={query.trim()} />
        <ShowingButton />
        <p class="muted small">{usePromise()}</p>
      </div>
    </>
  )
}

/** To the further way to a person, where there is one. */
export function DoorButton({ q }: { q: string }) {
  const { door, view } = useWidget()
  const label = useStore(door)?.label
  return label ? (
    <button type="button" class="quiet" onClick={() => view.set({ name: 'door', q })}>
      {label}
    </button>
  ) : null
}

/** For those who talk to somebody by telephone: a code that lets them see the page. The visitor has to be known for it. */
function ShowingButton() {
  const { showing, chat, close } = useWidget()
  return showing ? (
    <button
      type="button"
      class="link small"
      onClick={() => {
        chat.wake()
        showing.begin(null)
        close()
      }}
    >
      {showing.label}
    </button>
  ) : null
}

/** Its screen, which comes in a file of its own. */
export function DoorView({ q }: { q: string }) {
  const { door, view } = useWidget()
  const { label, show } = door.getSnapshot() as Door
  return (
    <>
      <Header onBack={() => view.set({ name: 'home', q })}>
        <span>{label}</span>
      </Header>
      <div
        class="body"
        ref={(place) => {
          if (place) show(place, q)
        }}
      />
    </>
  )
}

export function Failed({ onRetry }: { onRetry(): void }) {
  const { t } = useWidget()
  return (
    <p class="notice bad" role="alert">
      <Icon name="alert" size={16} />
      <span>
        {t('failedLoad')}{' '}
        <button type="button" class="link" onClick={onRetry}>
          {t('retry')}
        </button>
      </span>
    </p>
  )
}

interface SuggestionsProps {
  title: string
  items: readonly Suggestion[]
  /** what to say when there are none */
  none?: string
  onPick(id: string): void
}

/** Who does not see them appear hears how many there are. */
export function Suggestions({ title, items, none, onPick }: SuggestionsProps) {
  return (
    <div class="answers">
      <p class={items.length ? 'hidden' : 'muted'} role="status">
        {items.length ? `${title}: ${items.length}` : none}
      </p>
      {items.length > 0 && <h2>{title}</h2>}
      {items.map(({ id, title, snippet }) => (
        <button key={id} type="button" class="answer" onClick={() => onPick(id)}>
          <span>
            <strong>{title}</strong>
            <span class="snippet">{snippet}</span>
          </span>
          <Icon name="right" size={16} />
        </button>
      ))}
    </div>
  )
}

/** Answers while typing, 200 ms after the last key; null until the first answer is there. */
export function useSuggestions(query: string): Suggestion[] | null {
  const { api } = useWidget()
  const [found, setFound] = useState<Suggestion[] | null>(null)
  const q = query.trim()
  useEffect(() => {
    if (q.length < 2) return setFound(null)
    let current = true
    const timer = setTimeout(() => {
      api.suggest(q).then(
        (items) => current && setFound(items.slice(0, 3)),
        () => current && setFound(null),
      )
    }, 200)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [q, api])
  return found
}
