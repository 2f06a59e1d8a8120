import { useI18n } from '../i18n'
import type { ControlProps } from '../resource/spec'
import { TextField } from '../ui/Field'
import { badLines, linesOf } from './selectors'

/** CSS selectors, one a line; a line that is none is named while it is written. */
export function SelectorsField({ label, hint, error, value, onChange }: ControlProps) {
  const { t } = useI18n()
  const lines = linesOf(value)
  const [bad] = badLines(lines)
  const said = bad && t('rules.bad_line', { number: bad.number, text: bad.text.slice(0, 80) })
  return (
    <TextField
      multiline
      mono
      rows={Math.min(Math.max(lines.length + 1, 3), 12)}
      {...{ label, hint, error: said ?? error }}
      value={lines.join('\n')}
      onChange={(next) => onChange(next.split('\n').map((line) => line.trimStart()))}
    />
  )
}
