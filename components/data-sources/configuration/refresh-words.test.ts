import { expect, test } from 'vitest'
import type { RefreshView } from '#lib/data-sources/schema'
import { durationOf, foundBy } from './refresh-words.ts'

const refresh = (more: Partial<RefreshView>): RefreshView => ({
  ...{ id: 'r', status: 'done', trigger: 'manual', schema: null, table: null, requested_by: 'u', problem: null },
  ...{ schemas_done: 2, schemas_total: 2, relations: 1_506, added: 0, changed: 0, removed: 0, unchanged: false },
  ...{ created_at: '2026-11-22T10:00:00Z', started_at: '2026-11-22T10:00:00Z', ended_at: '2026-11-22T10:02:05Z' },
  ...more,
})

test('tables are counted as tables, and what changed as objects, of which not all are tables', () => {
  expect(foundBy(refresh({ added: 3_013 }))).toBe('1,506 tables and views read. 3,013 objects new.')
  expect(foundBy(refresh({ changed: 1, removed: 2 }))).toBe('1,506 tables and views read. 1 object changed, 2 gone.')
  expect(foundBy(refresh({ relations: 1 }))).toBe('1 table or view, nothing changed.')
  const running = { status: 'running' as const, schemas_done: 1_000, schemas_total: 2_000 }
  expect(foundBy(refresh(running))).toBe('1,000 of 2,000 schemas, 1,506 tables and views so far')
})

test('how long it took is said like everywhere', () => {
  expect(durationOf(refresh({}))).toBe('2 min 5 s')
})
