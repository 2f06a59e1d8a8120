/** The settings screens of calls, as descriptions for the one form. */
import { PhoneCall, PhoneOff } from 'lucide-react'
import { useI18n } from '../i18n'
import type { Item, ResourceSpec } from '../resource/spec'
import { CopyBox } from '../ui/CopyBox'
import { SiteField } from './SiteField'

const text = (item: Item, name: string) => String(item[name] ?? '')

export const phoneLines: ResourceSpec = {
  api: '/api/callback/lines',
  title: 'phone_lines.title',
  intro: 'phone_lines.intro',
  one: 'phone_lines.one',
  add: 'phone_lines.add',
  empty: 'phone_lines.empty',
  icon: PhoneCall,
  Extra: WebHook,
  fresh: () => ({
    name: '',
    number: '',
    mode: 'agent_first',
    site: null,
    team: null,
    calendar: null,
    countries: [],
    quiet_until: '08:00',
    quiet_from: '20:00',
    slot_minutes: 30,
    slot_capacity: 2,
    days_ahead: 14,
    ring_seconds: 25,
    max_attempts: 3,
    calls_a_day: 500,
    calls_a_second: 1,
    wrap_up_seconds: 120,
    detects_machines: true,
    takes_voicemail: true,
    calls_back_missed: true,
    records: false,
    active: true,
  }),
  line: (item, t) => ({
    title: text(item, 'name'),
    text: text(item, 'number'),
    badge: item.active ? (item.paused_at ? t('stop.badge') : undefined) : t('field.off'),
    muted: !item.active,
  }),
  fields: [
    { name: 'name', label: 'field.name', hint: 'phone_lines.name_hint', required: true, kind: 'text' },
    { name: 'number', label: 'phone_lines.number', hint: 'phone_lines.number_hint', required: true, kind: 'text' },
    {
      name: 'mode',
      label: 'phone_lines.mode',
      hint: 'phone_lines.mode_hint',
      kind: 'choice',
      options: [
        { value: 'agent_first', label: 'mode.agent_first' },
        { value: 'customer_first', label: 'mode.customer_first' },
        { value: 'softphone', label: 'mode.softphone' },
      ],
    },
    { name: 'active', label: 'field.active', hint: 'phone_lines.active_hint', kind: 'switch' },
    {
      name: 'site',
      group: 'phone_lines.group_who',
      label: 'phone_lines.site',
      hint: 'phone_lines.site_hint',
      kind: 'own',
      Control: SiteField,
    },
    { name: 'team', label: 'field.team', kind: 'ref', from: '/api/settings/teams', none: 'field.everybody' },
    {
      name: 'calendar',
      label: 'field.calendar',
      kind: 'ref',
      from: '/api/settings/calendars',
      none: 'field.team_hours',
    },
    {
      name: 'quiet_until',
      group: 'phone_lines.group_when',
      label: 'phone_lines.quiet_until',
      hint: 'phone_lines.quiet_until_hint',
      kind: 'time',
    },
    { name: 'quiet_from', label: 'phone_lines.quiet_from', hint: 'phone_lines.quiet_from_hint', kind: 'time' },
    { name: 'slot_minutes', label: 'phone_lines.slot_minutes', kind: 'number', min: 5, max: 240 },
    {
      name: 'slot_capacity',
      label: 'phone_lines.slot_capacity',
      hint: 'phone_lines.slot_capacity_hint',
      kind: 'number',
      min: 1,
      max: 1000,
    },
    { name: 'days_ahead', label: 'phone_lines.days_ahead', kind: 'number', min: 1, max: 60 },
    {
      name: 'ring_seconds',
      group: 'phone_lines.group_how',
      label: 'phone_lines.ring_seconds',
      hint: 'phone_lines.ring_seconds_hint',
      kind: 'number',
      min: 10,
      max: 120,
    },
    {
      name: 'max_attempts',
      label: 'phone_lines.max_attempts',
      hint: 'phone_lines.max_attempts_hint',
      kind: 'number',
      min: 1,
      max: 10,
    },
    {
      name: 'wrap_up_seconds',
      label: 'phone_lines.wrap_up_seconds',
      hint: 'phone_lines.wrap_up_seconds_hint',
      kind: 'number',
      min: 0,
      max: 3600,
    },
    {
      name: 'detects_machines',
      label: 'phone_lines.detects_machines',
      hint: 'phone_lines.detects_machines_hint',
      kind: 'switch',
    },
    {
      name: 'takes_voicemail',
      label: 'phone_lines.takes_voicemail',
      hint: 'phone_lines.takes_voicemail_hint',
      kind: 'switch',
    },
    {
      name: 'calls_back_missed',
      label: 'phone_lines.calls_back_missed',
      hint: 'phone_lines.calls_back_missed_hint',
      kind: 'switch',
    },
    { name: 'records', label: 'phone_lines.records', hint: 'phone_lines.records_hint', kind: 'switch' },
    {
      name: 'countries',
      group: 'phone_lines.group_limits',
      label: 'phone_lines.countries',
      hint: 'phone_lines.countries_hint',
      kind: 'lines',
      rows: 3,
      mono: true,
    },
    {
      name: 'calls_a_day',
      label: 'phone_lines.calls_a_day',
      hint: 'phone_lines.calls_a_day_hint',
      kind: 'number',
      min: 1,
      max: 100_000,
    },
    {
      name: 'calls_a_second',
      label: 'phone_lines.calls_a_second',
      hint: 'phone_lines.calls_a_second_hint',
      kind: 'number',
      min: 1,
      max: 50,
    },
  ],
}

export const doNotCall: ResourceSpec = {
  api: '/api/callback/do-not-call',
  permission: 'supervise',
  title: 'do_not_call.title',
  intro: 'do_not_call.intro',
  one: 'do_not_call.one',
  add: 'do_not_call.add',
  empty: 'do_not_call.empty',
  icon: PhoneOff,
  remove: 'do_not_call.remove',
  removed: 'do_not_call.removed',
  fresh: () => ({ number: '', reason: '' }),
  line: (item, t, format) => ({
    title: text(item, 'number'),
    text: [text(item, 'reason'), format.date(text(item, 'at')), text(item, 'by') || t('do_not_call.themselves')]
      .filter(Boolean)
      .join(' · '),
  }),
  fields: [
    { name: 'number', label: 'phone_lines.number', required: true, fixed: true, kind: 'text' },
    { name: 'reason', label: 'do_not_call.reason', fixed: true, kind: 'text' },
  ],
}

/** What Twilio must be told, so that calls to this number come in. */
function WebHook({ item }: { item: Item }) {
  const { t } = useI18n()
  return (
    <section className="extra">
      <h3>{t('phone_lines.web_hook')}</h3>
      <p className="muted">{t('phone_lines.web_hook_text')}</p>
      <CopyBox label={t('phone_lines.web_hook')} text={text(item, 'web_hook')} />
    </section>
  )
}
