import { expect, it } from 'vitest'
import type { ConnectionView } from '#lib/connections/schema'
import { summaryOf } from './bulk-summary.ts'

const failed = [{ item: { id: 'a' } as ConnectionView, problem: 'A pipeline uses it.' }]
const job = { words: { doing: 'Deleting', done: 'Deleted' }, total: 5, done: 5, failed, state: 'done' } as const

it('what failed does not count as done', () => {
  expect(summaryOf(job)).toBe('Deleted 4 connections')
  expect(summaryOf({ ...job, done: 3, state: 'cancelled' })).toBe('Stopped: deleted 2 of 5')
})

it('a test that failed was a test', () => {
  expect(summaryOf({ ...job, words: { doing: 'Testing', done: 'Tested', failedToo: true } })).toBe(
    'Tested 5 connections',
  )
})
