import { testCause } from '#lib/connectors/contract'
import { type RotationView, rotationStates, rotationTestStates } from './schema.ts'
import type { StoredRotation } from './store.ts'

/** What people see of a rotation. Connections of other workspaces count, but only those in `visible` are named. */
export const rotationView = (
  rotation: StoredRotation,
  credential: { id: string; name: string },
  visible: ReadonlySet<string>,
): RotationView => ({
  id: rotation.id,
  credential: { id: credential.id, name: credential.name },
  state: rotationStates.find((state) => state === rotation.state) ?? 'cancelled',
  from_version: rotation.fromVersion,
  to_version: rotation.toVersion,
  tests: rotation.tests
    .filter(({ connectionId }) => visible.has(connectionId))
    .sort((a, b) => a.name.localeCompare(b.name) || a.connectionId.localeCompare(b.connectionId))
    .map(testView),
  progress: {
    total: rotation.tests.length,
    done: rotation.tests.filter(({ state }) => state !== 'pending' && state !== 'running').length,
    failed: rotation.tests.filter(({ state }) => state === 'failed').length,
  },
  soak_hours: rotation.soakHours,
  soak_until: rotation.soakUntil?.toISOString() ?? null,
  auto_promote: rotation.autoPromote,
  reason: rotation.reason,
  created_by: rotation.createdBy,
  created_at: rotation.createdAt.toISOString(),
  promoted_at: rotation.promotedAt?.toISOString() ?? null,
  finished_at: rotation.finishedAt?.toISOString() ?? null,
})

const testView = (test: StoredRotation['tests'][number]): RotationView['tests'][number] => ({
  connection: { id: test.connectionId, name: test.name },
  state: rotationTestStates.find((state) => state === test.state) ?? 'pending',
  message: test.message,
  // Parsed, because an engine wrote it.
  cause: test.cause === null ? null : testCause.parse(test.cause),
  latency_ms: test.latencyMs,
  finished_at: test.finishedAt?.toISOString() ?? null,
})
