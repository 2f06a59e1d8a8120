import { describe, expect, test } from 'vitest'
import { fieldErrors } from '../api/client'
import { areHoursRight, copiedToWorkdays, withAnother, withFrames, wrongFrames } from './hours'
import type { FieldSpec } from './spec'
import { changesOf, creationOf, fieldsFor, missingFields, valuesOf } from './values'

const FIELDS: FieldSpec[] = [
  { name: 'name', label: 'field.name', kind: 'text' },
  { name: 'password', label: 'field.password', kind: 'password' },
  { name: 'origins', label: 'field.origins', kind: 'lines' },
  { name: 'active', label: 'field.active', kind: 'switch', when: 'existing' },
]

describe('a form', () => {
  test('starts with what is stored, never with a password', () => {
    expect(valuesOf({ id: '1', name: 'A', password: 'x', origins: ['o'] }, FIELDS, { active: true })).toEqual({
      name: 'A',
      password: '',
      origins: ['o'],
      active: true,
    })
  })

  test('sends what has changed and nothing else', () => {
    const before = { name: 'A', password: '', origins: ['o'], active: true }
    expect(changesOf({ ...before, origins: ['o', '', 'p'] }, before, FIELDS)).toEqual({ origins: ['o', 'p'] })
    expect(changesOf(before, before, FIELDS)).toEqual({})
  })

  test('leaves out an empty password and what only exists later', () => {
    expect(creationOf({ name: 'A', password: '', origins: [] }, fieldsFor(FIELDS, true))).toEqual({
      name: 'A',
      origins: [],
    })
  })

  test('names the required fields that are empty', () => {
    const fields: FieldSpec[] = [{ name: 'name', label: 'field.name', kind: 'text', required: true }]
    expect(missingFields({ name: ' ' }, fields)).toEqual(['name'])
    expect(missingFields({ name: 'A' }, fields)).toEqual([])
  })

  test('finds the field of each problem that the server names', () => {
    expect(fieldErrors({ name: 'Give it a name.' })).toEqual({ name: 'Give it a name.' })
    expect(fieldErrors({ 'agent.email': 'no address', 'calendar.hours.mon.0': 'too late' })).toEqual({
      email: 'invalid',
      hours: 'invalid',
    })
    expect(fieldErrors(null)).toEqual({})
  })
})

describe('opening hours', () => {
  test('a day without a stretch is closed and not mentioned', () => {
    expect(withFrames({ mon: [['09:00', '17:00']] }, 'mon', [])).toEqual({})
  })

  test('another stretch begins an hour later and ends with the day at the latest', () => {
    expect(withAnother([])).toEqual([['09:00', '17:00']])
    expect(withAnother([['08:00', '12:00']])).toEqual([
      ['08:00', '12:00'],
      ['13:00', '17:00'],
    ])
    expect(withAnother([['08:00', '22:30']]).at(-1)).toEqual(['23:00', '24:00'])
  })

  test('Monday is copied to the workdays, the weekend stays', () => {
    const hours = copiedToWorkdays({ mon: [['10:00', '14:00']], sat: [['09:00', '12:00']] }, 'mon')
    expect(Object.keys(hours).sort()).toEqual(['fri', 'mon', 'sat', 'thu', 'tue', 'wed'])
    expect(hours.fri).toEqual([['10:00', '14:00']])
  })

  test('stretches that overlap, end too early or are no times are marked', () => {
    const frames: [string, string][] = [
      ['09:00', '12:00'],
      ['11:00', '13:00'],
      ['18:00', '17:00'],
      ['25:00', '26:00'],
      ['13:00', '17:00'],
    ]
    expect([...wrongFrames(frames)].sort()).toEqual([1, 2, 3])
    expect(areHoursRight({ mon: frames })).toBe(false)
    expect(areHoursRight({ mon: [['09:00', '12:00']], tue: [['12:00', '24:00']] })).toBe(true)
  })
})
