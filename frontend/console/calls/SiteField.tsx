import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import { useI18n } from '../i18n'
import type { ControlProps, Item } from '../resource/spec'
import { Field } from '../ui/Field'

/** The site whose customers are called from this line, by its key: that is what its pages say. */
export function SiteField({ label, hint, error, value, onChange }: ControlProps) {
  const { t } = useI18n()
  const sites = useQuery({
    queryKey: ['resource', '/api/settings/sites', { all: true }],
    queryFn: ({ signal }) => api.all<Item>('/api/settings/sites', signal),
  })
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <select
          {...control}
          className="select"
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value || null)}
        >
          <option value="">{t('phone_lines.every_site')}</option>
          {sites.data?.map((site) => (
            <option key={site.id} value={String(site.key)}>
              {String(site.name)}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
