import { expect, test } from 'vitest'
import { callWith, legWith } from './builders'
import { clock, isMine, legOf, secondsShown, stageKey, withCall } from './call'

const NOW = Date.parse('2026-11-25T10:02:51Z')

test('a clock counts minutes, and hours when there are any', () => {
  expect([0, 59, 151, 3600, 3751].map(clock)).toEqual(['0:00', '0:59', '2:31', '1:00:00', '1:02:31'])
})

test('talking is measured from when both are there, ringing from when it began', () => {
  expect(secondsShown(callWith(), NOW)).toBe(151)
  expect(secondsShown(callWith({ stage: 'calling_customer', bridged_at: null }), NOW)).toBe(171)
  expect(secondsShown(callWith({ ended_at: '2026-11-25T10:01:20Z', stage: 'ended' }), NOW)).toBe(60)
})

test('wrap-up shows what is left, and nothing less than nothing', () => {
  const call = callWith({ stage: 'wrapup', ended_at: '2026-11-25T10:02:00Z', wrap_up_until: '2026-11-25T10:03:36Z' })
  expect(secondsShown(call, NOW)).toBe(45)
  expect(secondsShown(call, NOW + 600_000)).toBe(0)
})

test('a call is mine while I talk in it, and until I have written mine up', () => {
  const ben = legWith({ id: 'g3', party: 'colleague', user: 'u2' })
  const both = callWith({ legs: [legWith(), ben] })
  expect([isMine(both, 'u1'), isMine(both, 'u2'), isMine(both, 'u3')]).toEqual([true, true, false])
  expect(isMine(callWith({ legs: [legWith(), { ...ben, ended_at: '2026-11-25T10:01:00Z' }] }), 'u2')).toBe(false)
  const over = { ...both, stage: 'wrapup' as const, ended_at: '2026-11-25T10:02:00Z' }
  expect([isMine(over, 'u1'), isMine(over, 'u2')]).toEqual([true, false])
  expect(isMine({ ...over, stage: 'ended' }, 'u1')).toBe(false)
})

test('a telephone that never rang is nobody’s', () => {
  expect(legOf(callWith({ legs: [legWith({ stage: 'absent' })] }), 'u1')).toBeUndefined()
})

test('only the one who is rung reads that they are called', () => {
  const call = callWith({ stage: 'calling_agent', legs: [legWith({ stage: 'ringing' })] })
  expect([stageKey(call, 'u1', 0), stageKey(call, 'u2', 0)]).toEqual(['call.calling_you', 'call.calling_agent'])
})

test('a colleague to whom a waiting customer is put through is told to pick up', () => {
  const ringing = legWith({ id: 'g3', party: 'colleague', user: 'u2', stage: 'ringing' })
  const call = callWith({ stage: 'on_hold', legs: [legWith(), ringing] })
  expect([stageKey(call, 'u1', 0), stageKey(call, 'u2', 0)]).toEqual(['call.on_hold', 'call.calling_you'])
})

test('a wrap-up whose time is over does not count on at nought', () => {
  const until = '2026-11-25T10:03:00Z'
  const call = callWith({ stage: 'wrapup', wrap_up_until: until })
  const at = (seconds: number) => stageKey(call, 'u1', Date.parse(until) + seconds * 1000)
  expect([at(-1), at(1)]).toEqual(['call.wrapup', 'call.unwritten'])
})

test('a pushed call comes, changes in its place, and goes', () => {
  const [one, two] = [callWith(), callWith({ id: 'k2' })]
  expect(withCall([], one, true)).toEqual([one])
  expect(withCall([one, two], { ...one, stage: 'on_hold' }, true).map(({ stage }) => stage)).toEqual([
    'on_hold',
    'talking',
  ])
  expect(withCall([one, two], one, false)).toEqual([two])
  expect(withCall([two], one, false)).toEqual([two])
})
