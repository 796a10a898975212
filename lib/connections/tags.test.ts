import { expect, it } from 'vitest'
import { retagged } from './tags.ts'

it('tags are added and taken off; one that is both is taken off', () => {
  expect(retagged(['old', 'shop'], ['finance', 'shop'], ['old'])).toEqual(['finance', 'shop'])
  expect(retagged([], ['a'], ['a'])).toEqual([])
})
