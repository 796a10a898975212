import { expect, it } from 'vitest'
import * as z from 'zod'
import { AppError } from './errors.ts'
import { parseInput } from './parse.ts'

const schema = z.strictObject({
  name: z.string().min(1, 'Give it a name.').max(5),
  port: z.int().min(1).max(65_535),
  password: z.union([z.string(), z.null()]).optional(),
  role: z.enum(['source', 'destination']),
  tags: z.array(z.string()).max(2).optional(),
})
const fine = { name: 'a', port: 1, role: 'source' }

const sentencesFor = (input: unknown): Record<string, string> => {
  try {
    parseInput(schema, input)
    return {}
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return Object.fromEntries((error.errors ?? []).map(({ pointer, message }) => [pointer, message]))
  }
}

it('says what is missing, and what has the wrong type, in words', () => {
  expect(sentencesFor({})).toEqual({
    '/name': 'This field is required.',
    '/port': 'This field is required.',
    '/role': 'Use source or destination.',
  })
  expect(sentencesFor({ ...fine, name: 5 })).toEqual({ '/name': 'This must be a string.' })
  expect(sentencesFor({ ...fine, port: 'x' })).toEqual({ '/port': 'This must be a number.' })
  expect(sentencesFor({ ...fine, port: 1.5 })).toEqual({ '/port': 'This must be a whole number.' })
  expect(sentencesFor({ ...fine, tags: 'x' })).toEqual({ '/tags': 'This must be a list.' })
  expect(sentencesFor({ ...fine, password: 5 })).toEqual({ '/password': 'This value is not valid here.' })
})

it('names the bound, and keeps a schema\u2019s own sentence', () => {
  expect(sentencesFor({ ...fine, port: 0 })).toEqual({ '/port': 'Use at least 1.' })
  expect(sentencesFor({ ...fine, name: 'abcdef' })).toEqual({ '/name': 'Use at most 5 characters.' })
  expect(sentencesFor({ ...fine, tags: ['a', 'b', 'c'] })).toEqual({ '/tags': 'Give at most 2.' })
  expect(sentencesFor({ ...fine, name: '' })).toEqual({ '/name': 'Give it a name.' })
})

it('points at an unknown field, and never repeats a value', () => {
  expect(sentencesFor({ ...fine, 'a/b': 'secret' })).toEqual({ '/a~1b': 'There is no field “a/b” here.' })
  expect(
    JSON.stringify(sentencesFor({ ...fine, role: 'hunter2', port: 'hunter2', password: ['hunter2'] })),
  ).not.toContain('hunter2')
})
