import { useQuery } from '@tanstack/react-query'
import { ChevronDown, Ellipsis, ImageDown, Maximize2, Minimize2, ScrollText } from 'lucide-react'
import { useMemo, useState } from 'react'
import { createStore } from '../../shared/store'
import { api } from '../api/client'
import type { Entry } from '../api/types'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { useStore } from '../ui/useStore'
import { RawMail } from './RawMail'
import { folded, linkPieces, parted } from './text'

/** How each message is shown, kept while its line is scrolled out of the page. */
type Look = { formatted?: boolean; images?: boolean; tall?: boolean; quote?: boolean; whole?: boolean }
const looks = createStore<Readonly<Record<string, Look>>>({})

function useLook(id: string): [Look, (change: Look) => void] {
  const look = useStore(looks)[id] ?? {}
  return [look, (change) => looks.update((all) => ({ ...all, [id]: { ...look, ...change } }))]
}

export function MessageBody({ entry, interaction }: { entry: Entry; interaction: string }) {
  const { t } = useI18n()
  const [look, change] = useLook(entry.id)
  const Body = look.formatted ? HtmlMail : PlainText
  const isMail = entry.channel === 'email' && entry.from === 'customer'
  return (
    <>
      {/* Above what they change: pressed, they stay where they are, and the mail grows below them. */}
      {(entry.html || isMail) && (
        <div className="bubble-tools">
          {entry.html && (
            <Button
              small
              variant="quiet"
              icon={ScrollText}
              aria-pressed={look.formatted ?? false}
              onClick={() => change({ formatted: !look.formatted })}
            >
              {t(look.formatted ? 'mail.plain' : 'mail.formatted')}
            </Button>
          )}
          {isMail && <RawMail id={`${interaction}-${entry.s}`} />}
        </div>
      )}
      <Body entry={entry} look={look} change={change} />
    </>
  )
}

type LookProps = { entry: Entry; look: Look; change: (change: Look) => void }

function PlainText({ entry, look, change }: LookProps) {
  const { t } = useI18n()
  const { body, isLoading } = useBody(entry, look.whole ?? false)
  const { text, quote } = useMemo(() => parted(body, Boolean(entry.more && look.whole)), [body, entry.more, look.whole])
  const start = useMemo(() => folded(text), [text]) ?? (entry.more ? text : null)
  return (
    <>
      <Linked text={start !== null && !look.whole ? start : text} />
      {start !== null && (
        <Button
          small
          variant="quiet"
          icon={ChevronDown}
          aria-expanded={look.whole ?? false}
          aria-busy={isLoading}
          onClick={() => change({ whole: !look.whole })}
        >
          {t(look.whole ? 'log.less' : 'log.whole')}
        </Button>
      )}
      {quote && (
        <>
          <button
            type="button"
            className="quote-toggle"
            aria-expanded={look.quote ?? false}
            aria-label={t('log.quote')}
            title={t('log.quote')}
            onClick={() => change({ quote: !look.quote })}
          >
            <Ellipsis size={16} aria-hidden="true" />
          </button>
          {look.quote && <p className="bubble-text quote">{quote}</p>}
        </>
      )}
    </>
  )
}

/** The log brings the beginning of a very long text, and none of what a mail quotes: all of it is fetched when asked for. */
function useBody(entry: Entry, whole: boolean): { body: string; isLoading: boolean } {
  const { data, isLoading } = useQuery({
    queryKey: ['entry', entry.id],
    queryFn: ({ signal }) => api.get<Entry>(`/api/entries/${entry.id}`, signal),
    enabled: Boolean(entry.more) && whole,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return { body: (whole && data?.body) || entry.body, isLoading }
}

function Linked({ text }: { text: string }) {
  const pieces = useMemo(() => linkPieces(text), [text])
  return (
    <p className="bubble-text" dir="auto">
      {pieces.map((piece, index) =>
        piece.href ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </p>
  )
}

/**
 * The mail as it was laid out, in a frame that may do nothing; pictures from elsewhere only when asked for. Of the same
 * origin, so that the pictures which came with the mail are let in as we are: without scripts that gives it no more.
 */
function HtmlMail({ entry, look, change }: LookProps) {
  const { t } = useI18n()
  const [loaded, setLoaded] = useState(false)
  return (
    <div className={look.tall ? 'mail-frame mail-frame-tall' : 'mail-frame'} aria-busy={!loaded}>
      <div className="bubble-tools">
        {entry.remote_images && !look.images && (
          <Button small variant="quiet" icon={ImageDown} onClick={() => change({ images: true })}>
            {t('mail.images')}
          </Button>
        )}
        <Button
          small
          variant="quiet"
          icon={look.tall ? Minimize2 : Maximize2}
          onClick={() => change({ tall: !look.tall })}
        >
          {t(look.tall ? 'mail.smaller' : 'mail.larger')}
        </Button>
      </div>
      <iframe
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        src={`/api/entries/${entry.id}/html${look.images ? '?images=1' : ''}`}
        title={t('mail.frame')}
        onLoad={() => setLoaded(true)}
      />
    </div>
  )
}
