import { type FormEvent, useState } from 'react'
import type { Theme } from '../api/types'
import { useChangeMe, useMe } from '../app/me'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { Field, TextField } from '../ui/Field'
import { roleName } from './roleName'

/** Name, language and looks of the signed-in person. */
export function ProfileScreen() {
  const { t } = useI18n()
  const me = useMe()
  const change = useChangeMe()
  const [name, setName] = useState(me.name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ name: name.trim() })
  }
  return (
    <div className="resource-form profile">
      <form className="form" onSubmit={submit}>
        <header className="form-head">
          <h1>{t('profile.title')}</h1>
        </header>
        <p className="muted">{t('profile.text', { email: me.email, role: roleName(me.role, t) })}</p>
        <TextField
          label={t('field.name')}
          hint={t('profile.name_hint')}
          value={name}
          onChange={setName}
          maxLength={120}
        />
        <div>
          <Button
            type="submit"
            variant="primary"
            busy={change.isPending}
            disabled={name.trim() === '' || name.trim() === me.name}
          >
            {t('common.save')}
          </Button>
        </div>
        <Field label={t('field.language')}>
          {(control) => (
            <select
              {...control}
              className="select"
              value={me.language}
              onChange={(event) => change.mutate({ language: event.target.value })}
            >
              <option value="de">Deutsch</option>
              <option value="en">English</option>
            </select>
          )}
        </Field>
        <Field label={t('user.theme')}>
          {(control) => (
            <select
              {...control}
              className="select"
              value={me.theme}
              onChange={(event) => change.mutate({ theme: event.target.value as Theme })}
            >
              <option value="system">{t('user.theme_system')}</option>
              <option value="light">{t('user.theme_light')}</option>
              <option value="dark">{t('user.theme_dark')}</option>
            </select>
          )}
        </Field>
        <a href="/accounts/password/change/" className="button button-outline">
          {t('profile.password')}
        </a>
      </form>
    </div>
  )
}
