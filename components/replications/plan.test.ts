import { describe, expect, test } from 'vitest'
import type { ReplicationView } from '#lib/replications/schema'
import { beatStatement, emptyPlan, isTaken, planErrors, relationKey, wayBack } from './plan.ts'

const view: ReplicationView = {
  id: 'repl_1',
  publication: 'jackfield',
  slot: 'jackfield',
  tables: [{ schema: 'public', name: 'orders' }],
  heartbeat: null,
  steps: ['heartbeat', 'identity', 'publication'],
  slot_made: true,
  created_at: '2026-11-21T10:00:00Z',
  checked_at: null,
  seen: null,
  problem: null,
}
const step = (id: string) => ({ id, title: id, sql: '', undo_sql: '', done: true })

describe('a plan', () => {
  test('offers a heartbeat that no name of the table breaks out of', () => {
    expect(beatStatement({ schema: 'a"b', name: 'beat; drop table x' })).toBe(
      'UPDATE "a""b"."beat; drop table x" SET beat_at = now() WHERE id = 1;',
    )
  })

  test('is refused before the server would refuse it', () => {
    expect(planErrors(emptyPlan)).toEqual({ tables: 'Choose at least one table.' })
    const wrong = {
      ...emptyPlan,
      tables: view.tables,
      slot: 'Has-Dash',
      publication: '',
      heartbeat: { schema: '', name: 'x' },
    }
    expect(Object.keys(planErrors(wrong)).sort()).toEqual(['heartbeat', 'publication', 'slot'])
    expect(planErrors({ ...emptyPlan, tables: view.tables })).toEqual({})
  })

  test('tells tables apart whose names read alike', () => {
    expect(relationKey({ schema: 'a.b', name: 'c' })).not.toBe(relationKey({ schema: 'a', name: 'b.c' }))
  })
})

describe('the way back', () => {
  test('undoes the last step first, and a slot whose making broke off too', () => {
    expect(wayBack(view, ['identity', 'heartbeat', 'publication', 'slot'].map(step))).toEqual([
      'slot',
      'publication',
      'heartbeat',
      'identity',
    ])
    expect(isTaken(view, 'slot')).toBe(true)
    expect(isTaken({ ...view, slot_made: false }, 'slot')).toBe(false)
    expect(isTaken(undefined, 'slot')).toBe(false)
  })
})
