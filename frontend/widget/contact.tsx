import { useState } from 'preact/hooks'
import type { Refusal } from '../shared/protocol'
import { useStore } from '../shared/use-store'
import { isStaffed } from './header'
import { Icon } from './icons'
import { useWidget } from './widget'

/** Where answers can go on by mail: after the first message, until a person has answered: where the answer may go when the visitor cannot wait. */
export function ContactCard() {
  const { t, chat, settings } = useWidget()
  const { entries, contact } = useStore(chat.state)
  const config = useStore(useWidget().config)
  const [wanted, setWanted] = useState(false)
  if (!config?.mail) return null
  if (contact)
    return (
      <p class="notice good">
        <Icon name="mail" size={16} />
        <span>{t('kept', { email: contact })}</span>
      </p>
    )
  const asked = entries.some((entry) => entry.from === 'customer')
  const answered = entries.some((entry) => entry.from === 'agent')
  if (!asked || answered || settings.identity) return null
  if (wanted || !isStaffed(config)) return <Form />
  return (
    <button type="button" class="quiet small" onClick={() => setWanted(true)}>
      <Icon name="mail" size={16} />
      {t('contactOpen')}
    </button>
  )
}

function Form() {
  const { t, chat } = useWidget()
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)

  const save = (event: SubmitEvent): void => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const field = form.elements.namedItem('email') as HTMLInputElement
    if (!field.value.trim() || !field.checkValidity()) {
      setProblem(t('bad'))
      field.focus()
      return
    }
    const name = (form.elements.namedItem('name') as HTMLInputElement).value.trim()
    setBusy(true)
    chat.leaveContact(field.value.trim(), name).catch(({ code }: Refusal) => {
      setBusy(false)
      setProblem(t(code === 'invalid' ? 'bad' : code === 'rate_limited' ? 'tooMany' : 'notNow'))
    })
  }
  return (
    <form class="contact" noValidate onSubmit={save}>
      <h2>{t('contact')}</h2>
      <label>
        {t('name')}
        <input name="name" autocomplete="name" />
      </label>
      <label>
        {t('email')}
        <input
          name="email"
          type="email"
          autocomplete="email"
          required
          aria-invalid={!!problem}
          aria-describedby="contact-problem"
        />
      </label>
      <p id="contact-problem" class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="quiet" disabled={busy}>
        {t('save')}
      </button>
    </form>
  )
}
