import { expect, test } from 'vitest'
import type { Person } from '../api/types'
import { sortedPeople } from './targets'

const person = (name: string, presence: Person['presence'], load = 0): Person => ({
  id: name,
  name,
  presence,
  load,
  capacity: 5,
})

test('who is there and has room comes first, whoever is not there last', () => {
  const people = [
    person('Ada', 'offline'),
    person('Ben', 'busy'),
    person('Cleo', 'available', 5),
    person('Dora', 'available'),
    person('Emil', 'away'),
  ]
  expect(sortedPeople(people, '').map(({ name }) => name)).toEqual(['Dora', 'Cleo', 'Ben', 'Emil', 'Ada'])
})

test('a part of the name finds somebody, whatever its case', () => {
  expect(sortedPeople([person('Ada', 'busy'), person('Ben', 'busy')], ' AD ')).toHaveLength(1)
})
