/** What a form holds, what of it has changed. Pure. */
import { areHoursRight, hoursOf } from './hours'
import type { FieldSpec, Item, Values } from './spec'

export function fieldsFor(fields: FieldSpec[], isNew: boolean): FieldSpec[] {
  return fields.filter((field) => !field.when || (field.when === 'new') === isNew)
}

/** The values a form starts with; a password is never filled in. */
export function valuesOf(item: Item, fields: FieldSpec[], fresh: Values): Values {
  const known = fields.map((field) => [
    field.name,
    field.kind === 'password' ? '' : (item[field.name] ?? fresh[field.name]),
  ])
  return Object.fromEntries(known)
}

/** Only what differs from `before`; an empty password means "leave it". */
export function changesOf(values: Values, before: Values, fields: FieldSpec[]): Values {
  const changed = fields.filter((field) => {
    if (field.kind === 'password' && !values[field.name]) return false
    return JSON.stringify(values[field.name]) !== JSON.stringify(before[field.name])
  })
  return Object.fromEntries(changed.map((field) => [field.name, cleaned(values[field.name])]))
}

/** Everything for a new thing, without an empty password. */
export function creationOf(values: Values, fields: FieldSpec[]): Values {
  const given = fields.filter((field) => field.kind !== 'password' || values[field.name])
  return Object.fromEntries(given.map((field) => [field.name, cleaned(values[field.name])]))
}

/** Names of the required fields that are empty. */
export function missingFields(values: Values, fields: FieldSpec[]): string[] {
  return fields.filter((field) => field.required && !String(values[field.name] ?? '').trim()).map((field) => field.name)
}

/** Names of the fields whose value can be seen to be wrong before it is sent. */
export function wrongFields(values: Values, fields: FieldSpec[]): string[] {
  const isWrong = (field: FieldSpec) =>
    (field.kind === 'hours' && !areHoursRight(hoursOf(values[field.name]))) ||
    (field.kind === 'own' && field.isWrong?.(values[field.name]) === true)
  return fields.filter(isWrong).map((field) => field.name)
}

/** The list with one thing a place up or down. */
export function moved<T>(list: T[], index: number, by: -1 | 1): T[] {
  const one = list[index]
  const to = index + by
  if (one === undefined || to < 0 || to >= list.length) return list
  return list.toSpliced(index, 1).toSpliced(to, 0, one)
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((part) => part !== '')
  return value
}
