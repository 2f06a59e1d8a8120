/** The settings screens, each as a description for the one form. */
import { CalendarClock, Globe, KeyRound, Mailbox, ShieldCheck, UserRound, UsersRound } from 'lucide-react'
import { doNotCall, phoneLines } from '../calls/specs'
import { cobrowseRules } from '../cobrowse/rules'
import { MAILBOXES } from '../resource/MailboxField'
import type { Item, ResourceSpec } from '../resource/spec'
import { CalendarPreview } from './CalendarPreview'
import { NewKey } from './NewKey'
import { roleName } from './roleName'
import { SiteSnippet } from './SiteSnippet'

const PATHS = {
  agents: '/api/settings/agents',
  teams: '/api/settings/teams',
  roles: '/api/settings/roles',
  calendars: '/api/settings/calendars',
}

const text = (item: Item, name: string) => String(item[name] ?? '')
const list = (item: Item, name: string) => (Array.isArray(item[name]) ? (item[name] as unknown[]).map(String) : [])

const agents: ResourceSpec = {
  api: PATHS.agents,
  title: 'agents.title',
  intro: 'agents.intro',
  one: 'agents.one',
  add: 'agents.add',
  empty: 'agents.empty',
  icon: UserRound,
  remove: 'agents.remove',
  removed: 'agents.removed',
  mayRemove: (item) => item.active === true,
  fresh: () => ({ name: '', email: '', role: '', teams: [], capacity: 5, language: 'de', active: true, password: '' }),
  line: (item, t) => ({
    title: text(item, 'name') || text(item, 'email'),
    text: text(item, 'email'),
    badge: item.active ? undefined : t('agents.inactive'),
    muted: !item.active,
  }),
  fields: [
    { name: 'name', label: 'field.name', required: true, kind: 'text' },
    { name: 'email', label: 'field.email', required: true, kind: 'email' },
    { name: 'role', label: 'field.role', required: true, kind: 'ref', from: PATHS.roles, named: roleName },
    { name: 'teams', label: 'field.teams', kind: 'refs', from: PATHS.teams },
    { name: 'capacity', label: 'field.capacity', hint: 'field.capacity_hint', kind: 'number', min: 1, max: 100 },
    {
      name: 'language',
      label: 'field.language',
      kind: 'choice',
      options: [
        { value: 'de', label: 'language.de' },
        { value: 'en', label: 'language.en' },
      ],
    },
    {
      name: 'password',
      label: 'field.password',
      hint: 'field.password_new_hint',
      kind: 'password',
      when: 'new',
    },
    { name: 'password', label: 'field.password', hint: 'field.password_hint', kind: 'password', when: 'existing' },
    { name: 'active', label: 'field.active', hint: 'field.active_hint', kind: 'switch', when: 'existing' },
  ],
}

const teams: ResourceSpec = {
  api: PATHS.teams,
  title: 'teams.title',
  intro: 'teams.intro',
  one: 'teams.one',
  add: 'teams.add',
  empty: 'teams.empty',
  icon: UsersRound,
  remove: 'resource.remove',
  fresh: () => ({ name: '', calendar: null, members: [] }),
  line: (item, t) => ({ title: text(item, 'name'), text: t('teams.members', { n: list(item, 'members').length }) }),
  fields: [
    { name: 'name', label: 'field.name', required: true, kind: 'text' },
    { name: 'calendar', label: 'field.calendar', kind: 'ref', from: PATHS.calendars, none: 'field.always_open' },
    { name: 'members', label: 'field.members', kind: 'refs', from: PATHS.agents },
  ],
}

const roles: ResourceSpec = {
  api: PATHS.roles,
  title: 'roles.title',
  intro: 'roles.intro',
  one: 'roles.one',
  add: 'roles.add',
  empty: 'roles.empty',
  icon: ShieldCheck,
  remove: 'resource.remove',
  mayRemove: (item) => item.built_in !== true,
  fresh: () => ({ name: '', permissions: ['work_queue'] }),
  line: (item, t) => ({
    title: roleName(text(item, 'name'), t),
    text: t('roles.permissions', { n: list(item, 'permissions').length }),
    badge: item.built_in ? t('roles.built_in') : undefined,
  }),
  fields: [
    { name: 'name', label: 'field.name', required: true, kind: 'text' },
    {
      name: 'permissions',
      label: 'field.permissions',
      kind: 'checks',
      options: [
        { value: 'work_queue', label: 'permission.work_queue', hint: 'permission.work_queue_hint' },
        { value: 'supervise', label: 'permission.supervise', hint: 'permission.supervise_hint' },
        { value: 'edit_knowledge', label: 'permission.edit_knowledge', hint: 'permission.edit_knowledge_hint' },
        {
          value: 'publish_knowledge',
          label: 'permission.publish_knowledge',
          hint: 'permission.publish_knowledge_hint',
        },
        { value: 'merge_customers', label: 'permission.merge_customers', hint: 'permission.merge_customers_hint' },
        { value: 'manage_settings', label: 'permission.manage_settings', hint: 'permission.manage_settings_hint' },
      ],
    },
  ],
}

const mailboxes: ResourceSpec = {
  api: MAILBOXES,
  title: 'mailboxes.title',
  intro: 'mailboxes.intro',
  one: 'mailboxes.one',
  add: 'mailboxes.add',
  empty: 'mailboxes.empty',
  icon: Mailbox,
  remove: 'resource.remove',
  fresh: () => ({
    address: '',
    name: '',
    team: null,
    calendar: null,
    signature: '',
    acknowledge: true,
    suggest: true,
    offer_call: false,
    active: true,
  }),
  line: (item, t) => ({
    title: text(item, 'address'),
    text: text(item, 'name'),
    badge: item.active ? undefined : t('field.off'),
    muted: !item.active,
  }),
  fields: [
    { name: 'address', label: 'field.address', required: true, kind: 'email' },
    { name: 'name', label: 'field.sender_name', hint: 'field.sender_name_hint', kind: 'text' },
    { name: 'team', label: 'field.team', kind: 'ref', from: PATHS.teams, none: 'field.everybody' },
    { name: 'calendar', label: 'field.calendar', kind: 'ref', from: PATHS.calendars, none: 'field.team_hours' },
    { name: 'signature', label: 'field.signature', kind: 'area', rows: 5 },
    { name: 'acknowledge', label: 'field.acknowledge', hint: 'field.acknowledge_hint', kind: 'switch' },
    { name: 'suggest', label: 'field.suggest', hint: 'field.suggest_hint', kind: 'switch' },
    { name: 'offer_call', label: 'field.offer_call', hint: 'field.offer_call_hint', kind: 'switch' },
    { name: 'active', label: 'field.active', hint: 'field.mailbox_active_hint', kind: 'switch' },
  ],
}

const sites: ResourceSpec = {
  api: '/api/settings/sites',
  title: 'sites.title',
  intro: 'sites.intro',
  one: 'sites.one',
  add: 'sites.add',
  empty: 'sites.empty',
  icon: Globe,
  remove: 'resource.remove',
  Extra: SiteSnippet,
  fresh: () => ({
    name: '',
    origins: [],
    team: null,
    calendar: null,
    accent: '#0b57d0',
    greeting: { de: '', en: '' },
    mail_from: undefined,
    active: true,
  }),
  line: (item, t) => ({
    title: text(item, 'name'),
    text: list(item, 'origins').join(', '),
    badge: item.active ? undefined : t('field.off'),
    muted: !item.active,
  }),
  fields: [
    { name: 'name', label: 'field.name', required: true, kind: 'text' },
    { name: 'origins', label: 'field.origins', hint: 'field.origins_hint', kind: 'lines', mono: true },
    { name: 'team', label: 'field.team', kind: 'ref', from: PATHS.teams, none: 'field.everybody' },
    { name: 'calendar', label: 'field.calendar', kind: 'ref', from: PATHS.calendars, none: 'field.team_hours' },
    { name: 'greeting', label: 'field.greeting', kind: 'texts' },
    { name: 'accent', label: 'field.accent', kind: 'colour' },
    { name: 'mail_from', label: 'field.mail_from', hint: 'field.mail_from_hint', kind: 'mailbox' },
    { name: 'active', label: 'field.active', hint: 'field.site_active_hint', kind: 'switch' },
  ],
}

const calendars: ResourceSpec = {
  api: PATHS.calendars,
  title: 'calendars.title',
  intro: 'calendars.intro',
  one: 'calendars.one',
  add: 'calendars.add',
  empty: 'calendars.empty',
  icon: CalendarClock,
  remove: 'resource.remove',
  Extra: CalendarPreview,
  fresh: () => ({
    name: '',
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    hours: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [['09:00', '17:00']]])),
    holiday_country: '',
    holiday_subdivision: '',
    extra_holidays: [],
  }),
  line: (item) => ({ title: text(item, 'name'), text: text(item, 'time_zone') }),
  fields: [
    { name: 'name', label: 'field.name', required: true, kind: 'text' },
    { name: 'time_zone', label: 'field.time_zone', kind: 'zone' },
    { name: 'hours', label: 'field.hours', hint: 'field.hours_hint', kind: 'hours' },
    { name: 'holiday_country', label: 'field.holiday_country', kind: 'country' },
    {
      name: 'holiday_subdivision',
      label: 'field.holiday_subdivision',
      hint: 'field.holiday_subdivision_hint',
      kind: 'text',
      mono: true,
    },
    {
      name: 'extra_holidays',
      label: 'field.extra_holidays',
      hint: 'field.extra_holidays_hint',
      kind: 'lines',
      mono: true,
    },
  ],
}

const keys: ResourceSpec = {
  api: '/api/settings/api-keys',
  title: 'api_keys.title',
  intro: 'api_keys.intro',
  one: 'api_keys.one',
  add: 'api_keys.add',
  empty: 'api_keys.empty',
  icon: KeyRound,
  remove: 'api_keys.revoke',
  removed: 'api_keys.revoked_name',
  mayRemove: (item) => !item.revoked_at,
  Created: NewKey,
  fresh: () => ({ name: '', role: '' }),
  line: (item, t, format) => ({
    title: text(item, 'name'),
    text: item.last_used_at
      ? t('api_keys.used', { prefix: text(item, 'prefix'), time: format.date(text(item, 'last_used_at')) })
      : t('api_keys.unused', { prefix: text(item, 'prefix') }),
    badge: item.revoked_at ? t('api_keys.revoked') : undefined,
    muted: Boolean(item.revoked_at),
  }),
  fields: [
    { name: 'name', label: 'field.name', required: true, hint: 'field.key_name_hint', kind: 'text' },
    {
      name: 'role',
      label: 'field.role',
      required: true,
      hint: 'field.key_role_hint',
      kind: 'ref',
      from: PATHS.roles,
      named: roleName,
    },
  ],
}

/** Screens of the administrators, by their part of the address. */
export const SETTINGS: Record<string, ResourceSpec> = {
  agents,
  teams,
  roles,
  mailboxes,
  sites,
  calendars,
  'phone-lines': phoneLines,
  'do-not-call': doNotCall,
  cobrowse: cobrowseRules,
  'api-keys': keys,
}
