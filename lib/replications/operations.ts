import { requireForce } from '#lib/auth/forced'
import { findAlive, requireAlive, subjectOf } from '#lib/connections/found'
import {
  type ReplicateLine,
  type ReplicateRequest,
  type ReplicationPlan,
  replicateLine,
} from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { operation, type ReadContext, type StreamContext, streamOperation } from '#lib/core/operation'
import { linesOf, parsedLines, startJob } from '#lib/data-sources/discovery'
import {
  checkInput,
  checkOutput,
  forgetInput,
  forgetOutput,
  lagInput,
  lagOutput,
  listInput,
  listOutput,
  previewInput,
  previewLine,
  previewOutput,
  stepInput,
  stepOutput,
} from './schema.ts'
import {
  beginStep,
  endStep,
  findStored,
  listLags,
  listStored,
  readTouched,
  removeStored,
  type Touched,
} from './store.ts'
import { replicationView } from './view.ts'

const object = { kind: 'connection', field: 'ref' } as const

const ask = async (ref: string, request: ReplicateRequest, context: ReadContext): Promise<ReplicateLine[]> =>
  linesOf(await startJob(ref, { capability: 'replicate', request }, context), replicateLine)

export const checkReplication = operation({
  summary: 'Check everything that change data capture needs, and show the steps that lead there',
  effect: 'read',
  permission: 'data-sources:replicate',
  object,
  audit: 'replication.checked',
  input: checkInput,
  output: checkOutput,
  async run({ ref, ...plan }, context) {
    const lines = await ask(ref, { what: 'check', plan }, context)
    const of = <T extends ReplicateLine['type']>(type: T) =>
      lines.filter((line): line is Extract<ReplicateLine, { type: T }> => line.type === type)
    return { checks: of('check'), tables: of('table'), steps: of('step') }
  },
})

const step = (direction: 'do' | 'undo') =>
  streamOperation({
    summary:
      direction === 'do'
        ? 'Take one step of change data capture at the source'
        : 'Undo one step of change data capture at the source',
    permission: 'data-sources:replicate',
    object,
    // It writes at the source, and what it makes there can fill a disk.
    recentSignIn: true,
    audit: direction === 'do' ? 'replication.step_taken' : 'replication.step_undone',
    input: stepInput,
    line: stepOutput,
    output: stepOutput,
    // biome-ignore lint/correctness/useYield: it has an end and nothing on the way
    async *run({ ref, step, ...plan }, context) {
      return takeStep({ ref, step, direction, plan }, context)
    },
  })

export const takeReplicationStep = step('do')
export const undoReplicationStep = step('undo')

interface AskedStep {
  ref: string
  step: string
  direction: 'do' | 'undo'
  plan: ReplicationPlan
}

const takeStep = async ({ ref, step, direction, plan }: AskedStep, context: StreamContext) => {
  const { actor, validateOnly } = context
  const connection = await findAlive(context.db, actor, ref, 'use')
  const before = await findStored(context.db, actor.workspaceId, { connectionId: connection.id, slot: plan.slot })
  const touchedBefore = readTouched(before?.touched ?? {})
  const touched = touchedBefore[step] ?? []
  if (validateOnly) return { step, sql: '', replication_id: before?.id ?? null }
  const stored = { connectionId: connection.id, createdBy: actor.id, ...plan }
  const kept = await beginStep(actor.workspaceId, stored, direction === 'do' && step === 'slot')
  const lines = await ask(connection.id, { what: 'step', plan, step, direction, touched }, context)
  const done = lines.find((line) => line.type === 'done')
  if (!done) throw new AppError('upstream_failed', 'The step broke off. Check again how far it came.')
  const remaining = direction === 'do' ? afterDoing(touchedBefore, step, done.touched) : without(touchedBefore, step)
  const undidSlot = direction === 'undo' && step === 'slot'
  const id = await endStep(actor.workspaceId, kept, { touched: remaining, undidSlot })
  return { step, sql: done.sql, replication_id: id }
}

// A step that had nothing left to do keeps what it touched before.
const afterDoing = (before: Touched, step: string, touched: Touched[string]): Touched => ({
  ...before,
  [step]: touched.length > 0 ? touched : (before[step] ?? []),
})

const without = (before: Touched, step: string): Touched =>
  Object.fromEntries(Object.entries(before).filter(([name]) => name !== step))

export const previewReplication = streamOperation({
  summary: 'Watch changes as they are committed, through a slot that ends with the preview',
  permission: 'data-sources:replicate',
  object,
  audit: 'replication.previewed',
  input: previewInput,
  line: previewLine,
  output: previewOutput,
  async *run({ ref, seconds, changes: most, ...plan }, context) {
    const request = { what: 'preview' as const, plan, seconds, changes: most }
    let changes = 0
    let sentence = 'The preview broke off.'
    for await (const line of parsedLines(
      await startJob(ref, { capability: 'replicate', request }, context),
      replicateLine,
    )) {
      if (line.type === 'change') changes += 1
      if (line.type === 'end') sentence = line.sentence
      if (line.type === 'change' || line.type === 'waiting') yield line
    }
    return { changes, sentence }
  },
})

export const listReplications = operation({
  summary: 'List what was set up for change data capture of a connection, with how far each slot is behind',
  effect: 'read',
  permission: 'data-sources:read',
  object,
  audit: 'none',
  input: listInput,
  output: listOutput,
  async run({ ref }, { actor, db }) {
    const { id } = await findAlive(db, actor, ref)
    return { items: (await listStored(db, actor.workspaceId, id)).map(replicationView) }
  },
})

export const listReplicationLag = operation({
  summary: 'Read how far a slot was behind over the last hours',
  effect: 'read',
  permission: 'data-sources:read',
  object,
  audit: 'none',
  input: lagInput,
  output: lagOutput,
  async run({ ref, id, hours }, { actor, db }) {
    const connection = await findAlive(db, actor, ref)
    const row = await findStored(db, actor.workspaceId, { connectionId: connection.id, id })
    if (!row) throw noSuchReplication()
    const items = await listLags(db, actor.workspaceId, { id, hours })
    return { items: items.map((item) => ({ ...item, at: item.at.toISOString() })) }
  },
})

export const forgetReplication = operation({
  summary: 'Forget a slot that cannot be dropped, such as one of a server that is gone; only with `force` and a reason',
  effect: 'write',
  permission: 'data-sources:replicate',
  object,
  audit: 'replication.forgotten',
  input: forgetInput,
  output: forgetOutput,
  async run({ ref, id, ...force }, { actor, tx, subject }) {
    const connection = await requireAlive(tx, actor, ref)
    const row = await findStored(tx, actor.workspaceId, { connectionId: connection.id, id })
    if (!row) throw noSuchReplication()
    const forced = row.slotMade ? requireForce(actor, 'connections:purge', force, mayLive(row.slot)) : undefined
    await removeStored(tx, actor.workspaceId, id)
    subject({ ...subjectOf(connection), details: { slot: row.slot, publication: row.publication, ...forced } })
    return { id, forgotten: true as const }
  },
})

const noSuchReplication = () => new AppError('not_found', 'There is no such replication of this connection.')

const mayLive = (slot: string) =>
  new AppError(
    'conflict',
    `The slot “${slot}” may still live and keep changes until the disk of its server is full. Undo the step that made it, or insist with force and a reason.`,
  )
