import { type ChangeEvent, type FormEvent, useLayoutEffect, useRef, useState } from 'react'
import { describeError, isSignedOut, signInAgain } from '../app/errors'
import { go, to } from '../app/router'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { useStore } from '../ui/useStore'
import { CODE_DIGITS, cursorAfter, digitsOf, inGroups } from './code'
import { useClaim } from './useCobrowse'
import { type Asking, askedCode } from './views'

/** The way to a page that is not known from the conversation: the customer reads out what stands on it. */
export function CodeDialog() {
  const { t } = useI18n()
  const asking = useStore(askedCode)
  const close = () => askedCode.set(null)
  if (!asking) return null
  return (
    <Dialog
      open
      onClose={close}
      title={t('cobrowse.code_title')}
      description={t(asking.why ? 'cobrowse.code_no_page' : 'cobrowse.code_text')}
    >
      <CodeForm asking={asking} onDone={close} />
    </Dialog>
  )
}

function CodeForm({ asking, onDone }: { asking: Asking; onDone: () => void }) {
  const { t } = useI18n()
  const [digits, setDigits] = useState('')
  const claim = useClaim(asking.interaction)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    claim.mutate(digits, {
      onSuccess: ({ interaction }) => {
        onDone()
        if (interaction !== asking.interaction) go(to.interaction(interaction))
      },
      onError: (error) => isSignedOut(error) && signInAgain(),
    })
  }
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Field
        label={t('cobrowse.code')}
        hint={t('cobrowse.code_hint')}
        error={claim.error ? describeError(claim.error, t) : undefined}
      >
        {(control) => (
          <DigitsInput
            {...control}
            digits={digits}
            onChange={(next) => {
              setDigits(next)
              claim.reset()
            }}
          />
        )}
      </Field>
      <div className="dialog-actions">
        <Button onClick={onDone}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={claim.isPending} disabled={digits.length !== CODE_DIGITS}>
          {t('cobrowse.code_open')}
        </Button>
      </div>
    </form>
  )
}

type DigitsProps = { id: string; digits: string; onChange: (digits: string) => void }

/** Groups come by themselves; whoever mends a digit in the middle stays there. */
function DigitsInput({ digits, onChange, ...control }: DigitsProps) {
  const input = useRef<HTMLInputElement>(null)
  const [before, setBefore] = useState(0)
  const shown = inGroups(digits)
  useLayoutEffect(() => {
    const at = cursorAfter(shown, before)
    if (document.activeElement === input.current) input.current?.setSelectionRange(at, at)
  }, [shown, before])
  const change = ({ target }: ChangeEvent<HTMLInputElement>) => {
    setBefore(digitsOf(target.value.slice(0, target.selectionStart ?? target.value.length)).length)
    onChange(digitsOf(target.value))
  }
  return (
    <input
      {...control}
      ref={input}
      className="input cobrowse-code"
      inputMode="numeric"
      autoComplete="off"
      placeholder="123 456 789"
      value={shown}
      onChange={change}
      // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type it
      autoFocus
    />
  )
}
