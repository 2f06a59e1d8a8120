import { useCallback, useEffect, useState } from 'preact/hooks'
import { useStore } from '../shared/use-store'
import type { Article, Block } from './api'
import { Header } from './header'
import { DoorButton, Failed } from './home'
import { Icon } from './icons'
import { RichText } from './rich-text'
import { useWidget } from './widget'

interface ArticleProps {
  id: string
  q: string
  from: 'home' | 'chat'
}

export function ArticleView({ id, q, from }: ArticleProps) {
  const { t, api, view, keep, ask } = useWidget()
  const [article, setArticle] = useState<Article | 'failed' | null>(null)
  const load = useCallback(() => {
    api.article(id, q, keep.get('visitor')).then(setArticle, () => setArticle('failed'))
  }, [api, id, q, keep])
  useEffect(load, [load])
  const loaded = article !== null && article !== 'failed'

  const solved = (): void => {
    api.solved(q, id, keep.get('visitor'))
    keep.set('draft', '')
    view.set({ name: 'thanks' })
  }
  const back = (): void => view.set(from === 'chat' ? { name: 'chat' } : { name: 'home', q })
  return (
    <>
      <Header onBack={back}>
        <span>{t('answer')}</span>
      </Header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <div class="body article" data-focus tabIndex={0} aria-busy={!article}>
        {article === null && <Skeleton />}
        {article === 'failed' && <Failed onRetry={load} />}
        {loaded && (
          <>
            <h1>{article.title}</h1>
            {grouped(article.blocks).map((blocks) => (
              <Blocks key={blocks[0]?.text} blocks={blocks} />
            ))}
          </>
        )}
      </div>
      <div class="base verdict">
        {loaded && <h2>{t('ask')}</h2>}
        <div>
          {loaded && (
            <button type="button" class="primary" onClick={solved}>
              <Icon name="check" size={16} />
              {t('solved')}
            </button>
          )}
          <button type="button" class="quiet" onClick={() => ask(q)}>
            {t('help')}
          </button>
          <DoorButton q={q} />
        </div>
      </div>
    </>
  )
}

function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      <i />
      <i />
      <i />
      <i />
    </div>
  )
}

/** Neighbouring bullets or steps are one list. */
function grouped(blocks: readonly Block[]): Block[][] {
  const groups: Block[][] = []
  for (const block of blocks) {
    const group = groups.at(-1)
    const listed = block.t === 'li' || block.t === 'ol'
    if (listed && group?.[0]?.t === block.t) group.push(block)
    else groups.push([block])
  }
  return groups
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  const [{ t, text } = { t: 'p', text: '' }] = blocks
  if (t === 'h') return <h2>{text}</h2>
  if (t === 'code') return <pre>{text}</pre>
  const List = t === 'ol' ? t : 'ul'
  if (t === 'p')
    return (
      <p>
        <RichText text={text} />
      </p>
    )
  return (
    <List>
      {blocks.map(({ text, n, done }) => (
        <li key={text} value={n}>
          {done === undefined ? (
            <RichText text={text} />
          ) : (
            <label>
              <input type="checkbox" disabled checked={done} />
              <RichText text={text} />
            </label>
          )}
        </li>
      ))}
    </List>
  )
}

export function ThanksView() {
  const { t, view, config } = useWidget()
  return (
    <>
      <Header>
        <span>{useStore(config)?.name}</span>
      </Header>
      <div class="body thanks">
        <span class="medal">
          <Icon name="check" size={24} />
        </span>
        <h1>{t('thanks')}</h1>
        <p class="muted">{t('thanksMore')}</p>
        <button type="button" class="quiet" data-focus onClick={() => view.set({ name: 'home', q: '' })}>
          {t('home')}
        </button>
      </div>
    </>
  )
}
