import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { clockTime, dayName, fileSize, timeAndDay } from '../shared/i18n'
import type { Outgoing } from '../shared/protocol'
import { useStore } from '../shared/use-store'
import type { Entry, EntryEvent, EntryFile } from '../shared/wire'
import { Icon } from './icons'
import { RichText } from './rich-text'
import type { TextKey } from './texts'
import { useWidget } from './widget'

/** What is said in a row by one person within this time stands together. */
const GROUP_MS = 300_000

interface Line {
  key: string
  at: string
  mine: boolean
  who: string
  body: string
  files: readonly EntryFile[]
  outgoing?: Outgoing
  s?: number
  event?: string
}

export function Log() {
  const { t, chat, live, settings } = useWidget()
  const { entries, seen, c } = useStore(chat.state)
  const outbox = useStore(live.outbox)
  const typing = useStore(live.typing)[c ?? '']
  const log = useRef<HTMLDivElement>(null)
  const lines: Line[] = [...entries.flatMap(entryLine).filter(isNews), ...outbox.map(outgoingLine)]
  const lastMine = lines.findLastIndex((line) => line.mine)

  function entryLine(entry: Entry): Line[] {
    const event = entry.event ? eventText(entry.event) : undefined
    if (entry.kind !== 'message' && !event) return []
    const mine = entry.from === 'customer'
    const { at, body, files, s } = entry
    return [
      {
        key: entry.client_id || `${s}`,
        at,
        mine,
        who: mine ? t('you') : entry.name || t('someone'),
        body,
        files,
        s,
        event,
      },
    ]
  }

  function outgoingLine(outgoing: Outgoing): Line {
    const { client_id: key, at, body } = outgoing
    return { key, at, mine: true, who: t('you'), body, files: chat.filesOf(outgoing), outgoing }
  }

  function eventText({ name, by, to, promise }: EntryEvent): string | undefined {
    if (promise) return t('promised', { at: timeAndDay(settings.language, promise.by) })
    if (name === 'assigned') return t('assigned', { name: to || by || t('someone') })
    if (name === 'elsewhere') return t('elsewhere')
    return name === 'closed' || name === 'reopened' ? t(name) : undefined
  }

  // The style keeps the end in sight, which in a reversed scroller is 0; who has scrolled up comes back by writing.
  // biome-ignore lint/correctness/useExhaustiveDependencies: an own message scrolls
  useLayoutEffect(() => log.current?.closest('.chat')?.scrollTo(0, 0), [outbox.length])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown in a visible page counts as read
  useEffect(() => {
    const read = (): void => {
      if (document.visibilityState === 'visible') chat.markRead()
    }
    read()
    document.addEventListener('visibilitychange', read)
    return () => document.removeEventListener('visibilitychange', read)
  }, [entries.length])

  return (
    <>
      <div ref={log} class="log" role="log" aria-label={t('resume')}>
        {lines.map((line, index) => (
          <Row
            key={line.key}
            line={line}
            before={lines[index - 1]}
            after={lines[index + 1]}
            mark={index === lastMine ? ((line.s ?? 0) <= seen && line.s ? 'seen' : 'sent') : undefined}
          />
        ))}
      </div>
      {typing?.by === 'staff' && (
        <p class="typing">
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t('typing', { name: typing.name || t('someone') })}
        </p>
      )}
    </>
  )
}

interface RowProps {
  line: Line
  before: Line | undefined
  after: Line | undefined
  mark: 'seen' | 'sent' | undefined
}

function Row({ line, before, after, mark }: RowProps) {
  const { settings } = useWidget()
  const day = dayName(settings.language, line.at, Date.now())
  const newDay = !before || dayName(settings.language, before.at, Date.now()) !== day
  const first = newDay || !together(before, line)
  const last = !after || !together(line, after)
  return (
    <>
      {newDay && <p class="slim day">{day}</p>}
      {line.event ? (
        <p class="slim">{line.event}</p>
      ) : (
        <div class={line.mine ? 'turn mine' : 'turn'}>
          {first && <p class={line.mine ? 'hidden' : 'who'}>{line.who}</p>}
          {line.body && (
            <p class={line.outgoing && line.outgoing.state !== 'acked' ? 'bubble unsent' : 'bubble'}>
              <RichText text={line.body} />
            </p>
          )}
          {line.files.map((file) => (
            <FileBubble key={file.id} file={file} />
          ))}
          {(last || mark || line.outgoing) && <Foot line={line} mark={mark} />}
        </div>
      )}
    </>
  )
}

/** Several mails in a row are one line. */
function isNews(line: Line, index: number, lines: Line[]): boolean {
  return !line.event || line.event !== lines[index - 1]?.event
}

function together(a: Line, b: Line): boolean {
  const near = Date.parse(b.at) - Date.parse(a.at) < GROUP_MS
  return !a.event && !b.event && a.mine === b.mine && a.who === b.who && near
}

const MARKS = {
  queued: ['clock', 'sending'],
  sent: ['clock', 'sending'],
  acked: ['check', 'sent'],
} as const

/** Time and delivery: what is not sent looks not sent, and says so. */
function Foot({ line: { at, outgoing, mine }, mark }: { line: Line; mark: 'seen' | 'sent' | undefined }) {
  const { t, live, settings } = useWidget()
  if (outgoing?.state === 'failed')
    return (
      <p class="foot problem">
        <Icon name="alert" size={16} />
        {t('failed')} {outgoing.error}{' '}
        <button type="button" class="link" onClick={() => live.retry(outgoing.client_id)}>
          {t('retry')}
        </button>
        <button type="button" class="link" onClick={() => live.discard(outgoing.client_id)}>
          {t('discard')}
        </button>
      </p>
    )
  const [icon, label]: readonly ['clock' | 'check' | 'seen', TextKey] = outgoing
    ? MARKS[outgoing.state as keyof typeof MARKS]
    : mark === 'seen'
      ? ['seen', 'seen']
      : ['check', 'sent']
  return (
    <p class="foot">
      <time dateTime={at}>{clockTime(settings.language, at)}</time>
      {mine && (mark || outgoing) && <Icon name={icon} size={16} label={t(label)} />}
    </p>
  )
}

function FileBubble({ file: { name, type, size, url } }: { file: EntryFile }) {
  const { settings } = useWidget()
  const address = url && new URL(url, settings.base).href
  if (address && /^image\/(png|jpe?g|gif|webp|avif)$/.test(type))
    return (
      <a class="picture" href={address} target="_blank" rel="noopener noreferrer">
        <img src={address} alt={name} loading="lazy" />
      </a>
    )
  const content = (
    <>
      <Icon name="file" />
      <span class="file-name">{name}</span>
      <span class="muted small">{fileSize(settings.language, size)}</span>
    </>
  )
  if (!address) return <span class="file">{content}</span>
  return (
    <a class="file" href={address} target="_blank" rel="noopener noreferrer">
      {content}
    </a>
  )
}
