import * as z from 'zod'
import { AppError } from '#lib/core/errors'
import { type QueryView, queryView } from './schema.ts'
import type { StoredRun } from './store.ts'

const { kind, mode, status } = queryView.shape
const storedError = z.object({ code: z.string(), detail: z.string() }).nullable()

export const viewOf = (row: StoredRun): QueryView => ({
  id: row.id,
  connection: { id: row.connectionId, conn_id: row.connId, name: row.name },
  kind: kind.parse(row.kind),
  mode: mode.parse(row.mode),
  sql: row.sql,
  written: row.written,
  status: status.parse(row.status),
  rows: Number(row.rows),
  bytes: Number(row.bytes),
  truncated: row.truncated,
  command: row.command,
  error: storedError.parse(row.error),
  started_at: row.startedAt.toISOString(),
  ended_at: row.endedAt?.toISOString() ?? null,
  duration_ms: row.endedAt && row.endedAt.getTime() - row.startedAt.getTime(),
})

export const noSuchQuery = () => new AppError('not_found', 'There is no such query, or it is somebody else’s.')
