/** Describes a kind of thing that is listed and edited: one description per settings screen, one form for all. */
import type { LucideIcon } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'
import type { Permission } from '../api/types'
import type { Format, Key, Translate } from '../i18n'

/** In an address: a thing that does not exist yet. */
export const NEW = 'new'

export type Value = unknown
export type Values = Record<string, Value>
export type Item = Values & { id: string }
export type Option = { value: string; label: string }
/** What a control of a screen's own is given. */
export type ControlProps = {
  label: string
  hint?: string
  error?: string
  value: Value
  onChange: (value: Value) => void
}
/** Narrows the list; its name is that of the API. */
export type Filter = { name: string; label: string; all: string; options: Option[] }

type Base = {
  name: string
  label: Key
  hint?: Key
  /** The heading that it and those after it stand under. */
  group?: Key
  required?: boolean
  /** Set once, when the thing is made. */
  fixed?: boolean
  /** Only for things that exist already, or only for new ones. */
  when?: 'new' | 'existing'
}
export type FieldSpec = Base &
  (
    | { kind: 'text' | 'email' | 'password' | 'colour'; mono?: boolean }
    | { kind: 'area' | 'lines'; rows?: number; mono?: boolean }
    | { kind: 'number'; min: number; max: number }
    | { kind: 'switch' }
    /** A time of day, "HH:MM". */
    | { kind: 'time' }
    | { kind: 'choice'; options: { value: string; label: Key }[] }
    | { kind: 'checks'; options: { value: string; label: Key; hint?: Key }[] }
    /** Another thing by its id, from the list at `from`. */
    | { kind: 'ref'; from: string; none?: Key; named?: (name: string, t: Translate) => string }
    | { kind: 'refs'; from: string }
    /** One text per language. */
    | { kind: 'texts'; rows?: number }
    | { kind: 'hours' }
    /** A control that only one screen has. */
    | { kind: 'own'; Control: ComponentType<ControlProps>; isWrong?: (value: Value) => boolean }
    | { kind: 'country' | 'zone' | 'mailbox' }
  )

export type Line = { title: string; text?: string; badge?: string; muted?: boolean }
export type ResourceSpec = {
  /** Who may see it; those who manage settings, unless something else is said. */
  permission?: Permission
  /** Where it stands in the address, and the base of its API. */
  api: string
  title: Key
  intro: Key
  one: Key
  /** Absent where things are not made here: they are there with others of their own. */
  add?: Key
  icon: LucideIcon
  empty: Key
  fields: FieldSpec[]
  fresh: () => Values
  line: (item: Item, t: Translate, format: Format) => Line
  /** What the form holds of a thing, where that is not what the API says of it. */
  opened?: (item: Item) => Values
  /** Its list is long: a thing that is not on the pages read so far is asked for by itself. */
  long?: boolean
  /** Its order is made by hand: `position` counts from 0. */
  ordered?: boolean
  useFilters?: () => Filter[]
  /** What can be done with all of them. */
  Tools?: () => ReactNode
  /** What deleting is called here; absent when it is not possible. */
  remove?: Key
  removed?: Key
  mayRemove?: (item: Item) => boolean
  /** More about a thing that exists: a snippet, a preview. */
  Extra?: (props: { item: Item; values: Values }) => ReactNode
  /** What is shown once after creating. */
  Created?: (props: { item: Item }) => ReactNode
}
