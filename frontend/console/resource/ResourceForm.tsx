import { Trash2 } from 'lucide-react'
import { type FormEvent, Fragment, useCallback, useEffect, useRef, useState } from 'react'
import { describeError, describeFields } from '../app/errors'
import { go } from '../app/router'
import { useLeaveGuard } from '../app/useLeaveGuard'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { showToast } from '../ui/toast'
import { FieldInput } from './FieldInput'
import type { Item, ResourceSpec, Values } from './spec'
import { useRemove, useSave } from './useResource'
import { changesOf, creationOf, fieldsFor, missingFields, valuesOf, wrongFields } from './values'

type ResourceFormProps = { spec: ResourceSpec; item: Item | null; path: (id?: string) => string }

export function ResourceForm({ spec, item, path }: ResourceFormProps) {
  const { t, format } = useI18n()
  const fields = fieldsFor(spec.fields, item === null)
  const [before, setBefore] = useState<Values>(() =>
    item ? valuesOf(opened(spec, item), fields, spec.fresh()) : spec.fresh(),
  )
  const [values, setValues] = useState<Values>(before)
  const [created, setCreated] = useState<Item | null>(null)
  const save = useSave(spec)
  const remove = useRemove(spec)
  const form = useRef<HTMLFormElement>(null)
  const changes = changesOf(values, before, fields)
  const dirty = Object.keys(changes).length > 0
  const [missing, setMissing] = useState<string[]>([])
  const errors = {
    ...describeFields(save.error, t),
    ...Object.fromEntries(missing.map((name) => [name, t('form.required')])),
  }
  const stray = save.error !== null && !fields.some((field) => field.name in errors)
  useLeaveGuard(dirty && !save.isPending, t('form.unsaved'))

  const focusWrong = useCallback(() => {
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]')
    wrong?.focus({ preventScroll: true })
    wrong?.scrollIntoView({ block: 'center' })
  }, [])
  useEffect(() => {
    if (save.error || missing.length > 0) focusWrong()
  }, [save.error, missing, focusWrong])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const empty = missingFields(values, fields)
    setMissing(empty)
    if (empty.length > 0) return
    if (wrongFields(values, fields).length > 0) return focusWrong()
    const sent = item ? changes : creationOf(values, fields)
    save.mutate(
      { id: item?.id ?? null, values: sent },
      {
        onSuccess: (saved) => {
          const now = { ...values, ...valuesOf(opened(spec, saved), fields, values) }
          setBefore(now)
          setValues(now)
          showToast('good', t('form.saved'))
          if (item) return
          if (spec.Created) setCreated(saved)
          else setTimeout(() => go(path(saved.id)))
        },
      },
    )
  }
  if (created && spec.Created) return <spec.Created item={created} />
  const title = item ? spec.line(item, t, format).title : t(spec.add ?? spec.one)
  const removable = item !== null && spec.remove !== undefined && (spec.mayRemove?.(item) ?? true)
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <header className="form-head">
        <h2 className="clip">{title}</h2>
        {removable && spec.remove && (
          <Button
            variant="danger"
            small
            icon={Trash2}
            onClick={() => {
              setValues(before)
              remove(item)
              setTimeout(() => go(path()))
            }}
          >
            {t(spec.remove)}
          </Button>
        )}
      </header>
      {fields.map((field) => (
        <Fragment key={field.name}>
          {field.group && <h3 className="form-group">{t(field.group)}</h3>}
          <FieldInput
            field={field}
            value={values[field.name]}
            error={errors[field.name]}
            locked={(field.fixed === true && item !== null) || (field.name === 'name' && item?.built_in === true)}
            onChange={(value) => setValues((all) => ({ ...all, [field.name]: value }))}
          />
        </Fragment>
      ))}
      {stray && (
        <p role="alert" className="callout callout-bad">
          {describeError(save.error, t)}
        </p>
      )}
      <footer className={dirty || !item ? 'form-foot form-foot-dirty' : 'form-foot'}>
        <span className="muted" aria-live="polite">
          {dirty ? t('form.dirty') : item ? t('form.clean') : ''}
        </span>
        {item && dirty && <Button onClick={() => setValues(before)}>{t('form.discard')}</Button>}
        {!item && <Button onClick={() => go(path())}>{t('common.cancel')}</Button>}
        <Button type="submit" variant="primary" busy={save.isPending} disabled={item !== null && !dirty}>
          {t(item ? 'common.save' : 'form.create')}
        </Button>
      </footer>
      {item && spec.Extra && <spec.Extra item={item} values={values} />}
    </form>
  )
}

function opened(spec: ResourceSpec, item: Item): Item {
  return { ...item, ...spec.opened?.(item) }
}
