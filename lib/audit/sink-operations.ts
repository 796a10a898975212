import type { Actor } from '#lib/auth/actor'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { parseInput } from '#lib/core/parse'
import { requireRevision } from '#lib/core/revision'
import { testSink } from '#lib/engine/client'
import { record } from './record.ts'
import {
  createSinkInput,
  deletedSink,
  listSinksInput,
  type SinkView,
  sinkConfig,
  sinkKinds,
  sinkList,
  sinkRef,
  sinkTest,
  updateSinkInput,
  sinkView as viewShape,
} from './schema.ts'
import { requireKeyFor, sealFor, secretNeeded } from './sink-secret.ts'
import {
  deleteSink,
  findStoredSink,
  insertSink,
  listStoredSinks,
  lockStoredSink,
  newSinkId,
  type StoredSink,
  updateSink,
} from './sink-store.ts'

export const listSinks = operation({
  summary: 'List where the audit trail is sent to',
  effect: 'read',
  permission: 'audit:read',
  audit: 'none',
  input: listSinksInput,
  output: sinkList,
  run: async (_input, { actor, db }) => ({ items: (await listStoredSinks(db, actor.workspaceId)).map(viewOf) }),
})

export const createSink = operation({
  summary: 'Send the audit trail to one more place',
  effect: 'write',
  permission: 'audit:write',
  audit: 'audit_sink.created',
  input: createSinkInput,
  output: viewShape,
  async run({ name, kind, config: given, secret, enabled, installation, history }, { actor, tx, subject }) {
    if (installation) requireOwner(actor)
    const config = parseInput(sinkConfig[kind], given, '/config')
    if (kind === 'https' && !secret) throw secretNeeded('Enter a key that signs what is sent.')
    if (kind !== 'https' && secret) throw secretNeeded('Only https destinations have a secret.')
    const { workspaceId } = actor
    const id = newSinkId()
    const sealed = secret && (await sealFor({ id, workspaceId, config }, secret))
    await insertSink(tx, {
      ...{ id, workspaceId, name, kind, config, enabled, installation, history },
      ...{ secret: sealed, createdBy: actor.id },
    })
    subject({
      type: 'audit_sink',
      id,
      name,
      details: { kind, enabled, installation, destination: destinationOf(config) },
    })
    return viewOf(await found(findStoredSink(tx, workspaceId, id)))
  },
})

export const updateAuditSink = operation({
  summary: 'Change where the audit trail is sent to',
  effect: 'write',
  permission: 'audit:write',
  audit: 'audit_sink.updated',
  input: updateSinkInput,
  output: viewShape,
  async run({ id, if_match, name, config: given, secret, enabled, installation }, { actor, tx, subject }) {
    const { workspaceId } = actor
    const stored = await found(lockStoredSink(tx, workspaceId, id))
    requireRevision(if_match, stored.revision)
    const config = given === undefined ? stored.config : parseInput(sinkConfig[kindOf(stored)], given, '/config')
    const before = destinationOf(stored.config)
    const after = destinationOf(config)
    if (secret && stored.kind !== 'https') throw secretNeeded('Only https destinations have a secret.')
    if (!secret) requireKeyFor(stored, config)
    const isSwitched = installation !== undefined && installation !== stored.installation
    if (isSwitched || (stored.installation && before !== after)) requireOwner(actor)
    const sealed = secret && (await sealFor({ id, workspaceId, config }, secret))
    await updateSink(tx, id, {
      config,
      ...(isSwitched && { installation }),
      ...(name !== undefined && { name }),
      ...(enabled !== undefined && { enabled }),
      ...(sealed && { secret: sealed }),
    })
    const was = { name: stored.name, enabled: stored.enabled, installation: stored.installation, destination: before }
    const is = {
      name: name ?? stored.name,
      enabled: enabled ?? stored.enabled,
      installation: installation ?? stored.installation,
      destination: after,
    }
    subject({ type: 'audit_sink', id, name: is.name, details: changesOf(was, is, secret !== undefined) })
    return viewOf(await found(findStoredSink(tx, workspaceId, id)))
  },
})

export const removeSink = operation({
  summary: 'Stop sending the audit trail to a place',
  effect: 'write',
  permission: 'audit:write',
  audit: 'audit_sink.deleted',
  input: sinkRef,
  output: deletedSink,
  async run({ id }, { actor, tx, subject }) {
    const { name, kind, config } = await found(lockStoredSink(tx, actor.workspaceId, id))
    await deleteSink(tx, id)
    subject({ type: 'audit_sink', id, name, details: { kind, destination: destinationOf(config) } })
    return { id, deleted: true as const }
  },
})

export const testAuditSink = operation({
  summary: 'Send a test message to a destination of the audit trail',
  effect: 'read',
  permission: 'audit:write',
  audit: 'audit_sink.tested',
  input: sinkRef,
  output: sinkTest,
  async run({ id }, { actor, db, requestId, signal }) {
    const { name } = await found(findStoredSink(db, actor.workspaceId, id))
    // Before it happens: the engine opens a secret for it (AUDIT-1).
    const subject = { type: 'audit_sink', id, name }
    await record(db, { actor, event: 'audit_sink.tested', outcome: 'success', requestId, subject })
    return testSink({ workspace_id: actor.workspaceId, sink_id: id }, signal)
  },
})

/** The place in one line, as the trail names it. */
const destinationOf = (config: object): string => {
  const { url, host, port, file } = { url: undefined, host: undefined, port: undefined, file: undefined, ...config }
  return String(url ?? (host === undefined ? `${file}.ndjson` : `syslog+tls://${host}:${port}`))
}

const changesOf = (before: Record<string, unknown>, after: Record<string, unknown>, isSecretTyped: boolean) => {
  const names = Object.keys(before).filter((name) => before[name] !== after[name])
  const pick = (of: Record<string, unknown>) => Object.fromEntries(names.map((name) => [name, of[name]]))
  return { changed: isSecretTyped ? [...names, 'secret'] : names, before: pick(before), after: pick(after) }
}

const kindOf = ({ kind }: StoredSink) => sinkKinds.find((one) => one === kind) ?? 'file'

const viewOf = (sink: StoredSink): SinkView => ({
  id: sink.id,
  name: sink.name,
  kind: kindOf(sink),
  config: sink.config,
  secret: { set: sink.hasSecret },
  enabled: sink.enabled,
  installation: sink.installation,
  delivered_seq: sink.deliveredSeq,
  waiting: Math.max(0, sink.head - sink.deliveredSeq),
  failures: sink.failures,
  last_error: sink.lastError,
  last_sent_at: sink.lastSentAt?.toISOString() ?? null,
  retry_at: sink.retryAt?.toISOString() ?? null,
  revision: sink.revision,
  created_by: sink.createdBy,
  created_at: sink.createdAt.toISOString(),
  updated_at: sink.updatedAt.toISOString(),
})

const requireOwner = ({ role }: Actor): void => {
  if (role !== 'owner') throw new AppError('forbidden', 'Only owners send on what belongs to no workspace.')
}

const found = async (search: Promise<StoredSink | undefined>): Promise<StoredSink> => {
  const sink = await search
  if (sink) return sink
  throw new AppError('not_found', 'There is no such destination.')
}
