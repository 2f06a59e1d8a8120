/** The settings screen of co-browsing: what agents see of the pages of a site. */
import { MonitorSmartphone } from 'lucide-react'
import type { Item, ResourceSpec, Value } from '../resource/spec'
import { RulesPreview } from './RulesPreview'
import { SelectorsField } from './SelectorsField'
import { badLines, linesOf } from './selectors'

const count = (item: Item, name: string) => linesOf(item[name]).length
const isWrong = (value: Value) => badLines(linesOf(value)).length > 0
const selectors = { kind: 'own', Control: SelectorsField, isWrong } as const

export const cobrowseRules: ResourceSpec = {
  api: '/api/cobrowse/rules',
  title: 'rules.title',
  intro: 'rules.intro',
  one: 'rules.one',
  empty: 'rules.empty',
  icon: MonitorSmartphone,
  Extra: RulesPreview,
  fresh: () => ({}),
  line: (item, t) => ({
    title: String(item.name ?? ''),
    text: [
      t('rules.counts', { show: count(item, 'show'), mask: count(item, 'mask'), block: count(item, 'block') }),
      item.deny === true ? t('rules.only_listed') : '',
      item.recording === true ? t('rules.recorded') : '',
    ]
      .filter(Boolean)
      .join(' · '),
    badge: item.enabled ? undefined : t('field.off'),
    muted: !item.enabled,
  }),
  fields: [
    { name: 'enabled', label: 'rules.enabled', hint: 'rules.enabled_hint', kind: 'switch' },
    { name: 'show', label: 'rules.show', hint: 'rules.show_hint', group: 'rules.group_seen', ...selectors },
    { name: 'mask', label: 'rules.mask', hint: 'rules.mask_hint', ...selectors },
    { name: 'block', label: 'rules.block', hint: 'rules.block_hint', ...selectors },
    { name: 'deny', label: 'rules.deny', hint: 'rules.deny_hint', kind: 'switch' },
    { name: 'submit', label: 'rules.submit', hint: 'rules.submit_hint', group: 'rules.group_done', kind: 'switch' },
    {
      name: 'recording',
      label: 'rules.recording',
      hint: 'rules.recording_hint',
      group: 'rules.group_kept',
      kind: 'switch',
    },
    { name: 'retention_days', label: 'rules.days', hint: 'rules.days_hint', kind: 'number', min: 1, max: 365 },
  ],
}
