import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { type ClipboardEvent, type KeyboardEvent, useId, useRef } from 'react'
import { useI18n } from '../../i18n'
import type { ControlProps } from '../../resource/spec'
import { moved } from '../../resource/values'
import { Button, IconButton } from '../../ui/Button'
import { joinedSteps, withSteps } from './steps'

/** What to do, step by step: Enter begins the next one, lines that are pasted become steps. */
export function StepsField({ label, hint, error, value, onChange }: ControlProps) {
  const { t } = useI18n()
  const id = useId()
  const list = useRef<HTMLOListElement>(null)
  const steps = Array.isArray(value) && value.length > 0 ? value.map(String) : ['']
  const focus = (index: number) => setTimeout(() => list.current?.querySelectorAll('textarea')[index]?.focus())
  const change = (next: string[], at?: number) => {
    onChange(next)
    if (at !== undefined) focus(at)
  }
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>, index: number) => {
    const area = event.currentTarget
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      const [before, after] = [area.value.slice(0, area.selectionStart), area.value.slice(area.selectionEnd)]
      change(withSteps(steps, index, [before, after]), index + 1)
    } else if (event.key === 'Backspace' && index > 0 && area.selectionStart === 0 && area.selectionEnd === 0) {
      event.preventDefault()
      change(joinedSteps(steps, index), index - 1)
    }
  }
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>, index: number) => {
    const lines = event.clipboardData.getData('text').split(/\r?\n/)
    if (lines.length < 2) return
    event.preventDefault()
    const area = event.currentTarget
    lines[0] = area.value.slice(0, area.selectionStart) + lines[0]
    lines[lines.length - 1] += area.value.slice(area.selectionEnd)
    change(
      withSteps(
        steps,
        index,
        lines.filter((line) => line.trim()),
      ),
      index + lines.length - 1,
    )
  }
  return (
    <fieldset className="field" aria-invalid={error ? true : undefined} aria-describedby={`${id}-hint`}>
      <legend className="field-label">{label}</legend>
      <ol className="remedy" ref={list}>
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place alone
          <li key={index} className="remedy-step">
            <textarea
              className="input remedy-text"
              rows={1}
              value={step}
              aria-label={t('code.step', { n: index + 1 })}
              onChange={(event) => change(withSteps(steps, index, [event.target.value]))}
              onKeyDown={(event) => onKey(event, index)}
              onPaste={(event) => onPaste(event, index)}
            />
            <span className="remedy-tools">
              <IconButton
                icon={ArrowUp}
                label={t('code.step_up', { n: index + 1 })}
                disabled={index === 0}
                onClick={() => change(moved(steps, index, -1))}
              />
              <IconButton
                icon={ArrowDown}
                label={t('code.step_down', { n: index + 1 })}
                disabled={index === steps.length - 1}
                onClick={() => change(moved(steps, index, 1))}
              />
              <IconButton
                icon={X}
                label={t('code.step_remove', { n: index + 1 })}
                onClick={() => change(withSteps(steps, index, []))}
              />
            </span>
          </li>
        ))}
      </ol>
      <Button small icon={Plus} className="remedy-add" onClick={() => change([...steps, ''], steps.length)}>
        {t('code.step_add')}
      </Button>
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}
