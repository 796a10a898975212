import * as z from 'zod'
import { AppError } from '#lib/core/errors'
import { operation, streamOperation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { verifyChains } from '#lib/engine/client'
import { systemChain } from './chain.ts'
import { batchSize, exportFormats } from './export.ts'
import { countEvents, eventView, pageOfEvents } from './query.ts'
import { type AuditEntry, record } from './record.ts'
import {
  type AuditVerification,
  auditEventView,
  auditList,
  auditVerification,
  type ChainReport,
  exportAuditInput,
  exportedAudit,
  listAuditInput,
  verifyProgress,
} from './schema.ts'

export { acknowledgeAlert, getAlertRules, listAlerts, testAlert, updateAlertRules } from './alert-operations.ts'
export { createSink, listSinks, removeSink, testAuditSink, updateAuditSink } from './sink-operations.ts'

export const listAudit = operation({
  summary: 'Read the audit trail, newest first',
  effect: 'read',
  permission: 'audit:read',
  audit: 'none',
  input: listAuditInput,
  output: auditList,
  async run({ limit, cursor, ...filter }, { actor, db }) {
    const after = decodeCursor(cursor, 'id')?.id
    const found = await pageOfEvents(db, actor.workspaceId, filter, { after, limit: limit + 1 })
    const { rows, page } = pageOf(found, limit, 'id', ({ id }) => id)
    return { items: rows.map(eventView), page }
  },
})

export const exportAudit = streamOperation({
  summary: 'Export the audit trail as CSV or NDJSON, newest first',
  permission: 'audit:export',
  recentSignIn: true,
  audit: 'audit.exported',
  input: exportAuditInput,
  line: auditEventView,
  output: exportedAudit,
  async *run({ format, ...filter }, { actor, db, requestId, signal }) {
    const { head, line } = exportFormats[format]
    const expected = await countEvents(db, actor.workspaceId, filter)
    const details = { format, filter, events: expected }
    // Written before the first byte leaves; an export that cannot be recorded does not happen (AUDIT-1).
    await record(db, { actor, event: 'audit.exported', outcome: 'success', requestId, subject: { details } })
    let events = 0
    if (head) yield bytesOf(head)
    for (let after: string | undefined; ; ) {
      signal.throwIfAborted()
      const rows = await pageOfEvents(db, actor.workspaceId, filter, { after, limit: batchSize })
      if (rows.length > 0) yield bytesOf(rows.map((row) => line(auditEventView.parse(eventView(row)))).join(''))
      events += rows.length
      after = rows.at(-1)?.id
      if (rows.length < batchSize) return { events }
    }
  },
})

export const verifyAudit = streamOperation({
  summary: 'Recompute the chain of the audit trail, and name every event that is not as it was sealed',
  permission: 'audit:read',
  audit: 'audit.verified',
  input: z.strictObject({}),
  line: verifyProgress,
  output: auditVerification,
  async *run(_input, { actor, db, requestId, signal }) {
    // What belongs to no workspace, such as failed sign-ins, is for owners.
    const chains = actor.role === 'owner' ? [actor.workspaceId, systemChain] : [actor.workspaceId]
    for await (const line of verifyChains(chains, signal)) {
      if (!('end' in line)) yield line
      else {
        await record(db, { actor, requestId, ...resultOf(line.end) })
        return line.end
      }
    }
    throw new AppError('unavailable', 'The verification was broken off. Try again.')
  },
})

const resultOf = ({ ok, chains }: AuditVerification): Pick<AuditEntry, 'event' | 'outcome' | 'subject'> => {
  const sum = (of: (chain: ChainReport) => number) => chains.reduce((total, chain) => total + of(chain), 0)
  const details = { events: sum(({ events }) => events), problems: sum(({ problem_count }) => problem_count) }
  return { event: ok ? 'audit.verified' : 'audit.broken', outcome: ok ? 'success' : 'failure', subject: { details } }
}

const encoder = new TextEncoder()
const bytesOf = (text: string): Uint8Array => encoder.encode(text)
