import { type ReplicationView, replicationView as viewShape } from './schema.ts'
import { readTouched, type StoredReplication } from './store.ts'

export const replicationView = (row: StoredReplication): ReplicationView =>
  viewShape.parse({
    id: row.id,
    publication: row.publication,
    slot: row.slot,
    tables: row.tables,
    heartbeat: row.heartbeat,
    steps: Object.keys(readTouched(row.touched)).sort(),
    slot_made: row.slotMade,
    created_at: row.createdAt.toISOString(),
    checked_at: row.checkedAt?.toISOString() ?? null,
    seen: row.seen,
    problem: row.problem,
  })
