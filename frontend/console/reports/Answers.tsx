import { Link } from '../app/Link'
import { useMay } from '../app/me'
import { to } from '../app/router'
import { type Key, useI18n } from '../i18n'
import type { AnswerFigures, DeflectionReport } from './types'

type Words = { title: Key; text?: Key; none: Key }
type Column = { key: Key; of: (answer: AnswerFigures) => number }

const SHOWN: Column = { key: 'reports.shown', of: ({ shown }) => shown }
const OPENED: Column = { key: 'reports.opened', of: ({ opened }) => opened }
const SOLVED: Column = { key: 'reports.solved', of: ({ solved }) => solved }
const UNSOLVED: Column = { key: 'reports.unsolved', of: ({ unsolved }) => unsolved }
const BEST: Words = { title: 'reports.articles', none: 'reports.articles_none' }
const WEAK: Words = { title: 'reports.weak', text: 'reports.weak_text', none: 'reports.weak_none' }

/** What answered most. */
export function BestAnswers({ answers }: { answers: DeflectionReport['articles'] }) {
  return <Table words={BEST} answers={answers} columns={[SHOWN, OPENED, SOLVED]} />
}

/** What is often read and seldom helps: to be written better. */
export function WeakAnswers({ answers }: { answers: AnswerFigures[] }) {
  return <Table words={WEAK} answers={answers} columns={[OPENED, SOLVED, UNSOLVED]} />
}

export function AnswerLink({ answer }: { answer: Pick<AnswerFigures, 'id' | 'kind' | 'title'> }) {
  const { t } = useI18n()
  const mayEdit = useMay('edit_knowledge')
  const name = answer.title || t('reports.gone')
  if (!mayEdit) return name
  return <Link to={to.knowledge(answer.kind === 'code' ? 'codes' : 'articles', answer.id)}>{name}</Link>
}

type TableProps = { words: Words; answers: AnswerFigures[]; columns: Column[] }

function Table({ words, answers, columns }: TableProps) {
  const { t, format } = useI18n()
  const { title, text, none } = words
  return (
    <section className="card">
      <h2 className="card-title">{t(title)}</h2>
      {answers.length === 0 ? (
        <p className="muted">{t(none)}</p>
      ) : (
        <>
          {text && <p className="muted card-text">{t(text)}</p>}
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('article.title')}</th>
                {columns.map(({ key }) => (
                  <th key={key} scope="col" className="number">
                    {t(key)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {answers.map((answer) => (
                <tr key={answer.id}>
                  <td>
                    <AnswerLink answer={answer} />
                  </td>
                  {columns.map(({ key, of }) => (
                    <td key={key} className="number">
                      {format.number(of(answer))}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  )
}
