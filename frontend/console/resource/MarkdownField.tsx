import { Eye, Pencil } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { useI18n } from '../i18n'
import { Field } from '../ui/Field'
import type { Value } from './spec'

type MarkdownFieldProps = {
  label: string
  hint?: string
  error?: string
  value: string
  html: Value
  onChange: (value: Value) => void
}

/** Markdown on one side, as readers will see it (after saving) on the other. */
export function MarkdownField({ label, hint, error, value, html, onChange }: MarkdownFieldProps) {
  const { t } = useI18n()
  const [tab, setTab] = useState('write')
  return (
    <Tabs.Root value={tab} onValueChange={setTab} className="markdown">
      <Tabs.List className="segments segments-small" aria-label={label}>
        <Tabs.Trigger value="write" className="segment">
          <Pencil size={14} aria-hidden="true" />
          {t('markdown.write')}
        </Tabs.Trigger>
        <Tabs.Trigger value="preview" className="segment">
          <Eye size={14} aria-hidden="true" />
          {t('markdown.preview')}
        </Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="write" tabIndex={-1}>
        <Field {...{ label, hint, error }}>
          {(control) => (
            <textarea
              {...control}
              rows={18}
              className="input mono"
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Field>
      </Tabs.Content>
      <Tabs.Content value="preview" tabIndex={-1}>
        <Preview html={typeof html === 'string' ? html : ''} />
      </Tabs.Content>
    </Tabs.Root>
  )
}

/** The server has cleaned this by its list of allowed elements, and the page's policy runs no script from it. */
function Preview({ html }: { html: string }) {
  const { t } = useI18n()
  if (!html) return <p className="muted preview-empty">{t('markdown.save_first')}</p>
  // biome-ignore lint/security/noDangerouslySetInnerHtml: cleaned by the server, see above
  return <div className="prose" dangerouslySetInnerHTML={{ __html: html }} />
}
