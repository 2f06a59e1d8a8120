import { CircleCheckBig, CircleDashed, Rocket } from 'lucide-react'
import { Link } from '../app/Link'
import { to } from '../app/router'
import { type Key, useI18n } from '../i18n'
import { useItems } from '../resource/useResource'
import { useQueue } from './useQueue'

type Step = { screen: string; title: Key; text: Key; done: boolean }

/** Whether nothing has ever come in: then the queue is not done but not begun. */
export function useIsFresh(asked: boolean): boolean {
  const closed = useQueue({ view: 'closed', team: '', channel: '' }, asked)
  return asked && closed.data?.pages.every((page) => page.items.length === 0) === true
}

/** What an administrator sets up first; each step is ticked once it is there. */
export function FirstSteps() {
  const { t } = useI18n()
  const mailboxes = useItems('/api/settings/mailboxes').data ?? []
  const sites = useItems('/api/settings/sites').data ?? []
  const people = useItems('/api/settings/agents').data ?? []
  const hours = useItems('/api/settings/calendars').data ?? []
  const steps: Step[] = [
    step('mailboxes', 'steps.mailbox', 'steps.mailbox_text', mailboxes.length, 1),
    step('sites', 'steps.site', 'steps.site_text', sites.length, 1),
    step('agents', 'steps.people', 'steps.people_text', people.length, 2),
    step('calendars', 'steps.hours', 'steps.hours_text', hours.length, 1),
  ]
  const done = steps.filter((one) => one.done).length
  return (
    <section className="steps" aria-labelledby="steps-title">
      <h2 id="steps-title" className="steps-title">
        <Rocket size={18} aria-hidden="true" />
        {t('steps.title')}
      </h2>
      <p className="muted">{t('steps.done', { n: done, all: steps.length })}</p>
      <ol className="steps-list">
        {steps.map(({ screen, title, text, done: isDone }) => (
          <li key={screen}>
            <Link to={isDone ? to.settings(screen) : to.settings(screen, 'new')} className="steps-line">
              {isDone ? (
                <CircleCheckBig size={18} role="img" aria-label={t('common.done')} className="good" />
              ) : (
                <CircleDashed size={18} role="img" aria-label={t('steps.open')} />
              )}
              <span>
                <span className="steps-name">{t(title)}</span>
                <span className="muted">{t(text)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ol>
      <p className="muted">{t('steps.then')}</p>
    </section>
  )
}

function step(screen: string, title: Key, text: Key, count: number, enough: number): Step {
  return { screen, title, text, done: count >= enough }
}
