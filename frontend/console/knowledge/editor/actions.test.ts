import { expect, test } from 'vitest'
import { actsFor, quietSave, STATE_OF, type Standing } from './actions'

const standing = (more: Partial<Standing> = {}): Standing => ({
  state: 'draft',
  live: false,
  isNew: false,
  isDirty: false,
  hasNewWords: false,
  mayPublish: true,
  ...more,
})
const changed = { isDirty: true, hasNewWords: true }
const STATES = ['draft', 'in_review', 'scheduled', 'published', 'retired'] as const

test('whoever may not publish is never offered what readers would see', () => {
  const reach = STATES.flatMap((state) =>
    [true, false].flatMap((live) => {
      const { primary, second, more } = actsFor(standing({ state, live, ...changed, mayPublish: false }))
      return [primary, second, ...more].flatMap((act) => (act ? [STATE_OF[act]] : []))
    }),
  )
  expect(new Set(reach)).toEqual(new Set(['in_review', 'draft', undefined]))
})

test('an author submits where an editor publishes', () => {
  expect(actsFor(standing({ mayPublish: false })).primary).toBe('submit')
  expect(actsFor(standing()).primary).toBe('publish')
  expect(actsFor(standing({ live: true })).primary).toBe('publish_changes')
})

test('the keyboard saves a change to a published article as a draft: its readers see nothing of it', () => {
  expect(quietSave(standing({ state: 'published', live: true, ...changed }))).toBe('save_draft')
})

test('other readers of a published article hold at once, without a new draft', () => {
  const act = quietSave(standing({ state: 'published', live: true, isDirty: true }))
  expect(act).toBe('save')
  expect(STATE_OF.save).toBeUndefined()
})

test('nothing is saved where nothing has changed', () => {
  for (const state of STATES) expect(quietSave(standing({ state }))).toBeNull()
})

test('only what was never published can be deleted, and only what is read can be retired', () => {
  expect(actsFor(standing()).more).toContain('delete')
  expect(actsFor(standing({ live: true })).more).not.toContain('delete')
  expect(actsFor(standing({ state: 'published', live: true })).more).toContain('retire')
  expect(actsFor(standing({ state: 'retired' })).more).not.toContain('retire')
})

test('an author cannot change the words of what a publisher has scheduled, but its category', () => {
  const author = { state: 'scheduled' as const, mayPublish: false, isDirty: true }
  expect(actsFor(standing({ ...author, hasNewWords: true })).primary).toBeNull()
  expect(actsFor(standing(author)).primary).toBe('save')
})

test('what was retired is a draft again before it is reviewed', () => {
  expect(actsFor(standing({ state: 'retired', mayPublish: false, ...changed })).primary).toBe('save_draft')
})
