import { record } from '#lib/audit/record'
import { sinkTest } from '#lib/audit/schema'
import { findWebhook, removeWebhook, type StoredWebhook, saveWebhook } from '#lib/audit/webhook'
import type { Actor } from '#lib/auth/actor'
import { findAlive, requireAlive, subjectOf } from '#lib/connections/found'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { requireRevision } from '#lib/core/revision'
import type { Tx } from '#lib/db/client'
import { testSink } from '#lib/engine/client'
import {
  putWebhookInput,
  removedWebhook,
  type WebhookView,
  webhookChanges,
  webhookInput,
  webhookOutput,
} from './webhook.ts'

const object = { kind: 'connection', field: 'ref' } as const

export const getWebhook = operation({
  summary: 'Read where changes of a data source’s schema are sent',
  effect: 'read',
  permission: 'data-sources:configure',
  object,
  audit: 'none',
  input: webhookInput,
  output: webhookOutput,
  async run({ ref }, { actor, db }) {
    const { id } = await findAlive(db, actor, ref)
    return viewOf(await findWebhook(db, actor.workspaceId, id))
  },
})

export const putWebhook = operation({
  summary: 'Send changes of a data source’s schema to a receiver, signed',
  effect: 'write',
  permission: 'data-sources:configure',
  object,
  audit: 'data_source.webhook_set',
  input: putWebhookInput,
  output: webhookOutput,
  async run({ ref, if_match, ...given }, { actor, tx, subject }) {
    const connection = await requireAlive(tx, actor, ref)
    const { workspaceId } = actor
    const before = await findWebhook(tx, workspaceId, connection.id)
    requireRevision(if_match, before?.revision ?? 0)
    const own = { connectionId: connection.id, name: `the webhook of ${connection.name}`, by: actor.id }
    await saveWebhook(tx, workspaceId, { ...own, ...given, ca: given.ca, secret: given.secret })
    const { url, changes, enabled } = given
    const details = { destination: url, changes, enabled, before: before && String(before.config.url) }
    subject({ ...subjectOf(connection), details: { ...details, secret_changed: given.secret !== undefined } })
    return viewOf(await findWebhook(tx, workspaceId, connection.id))
  },
})

export const deleteWebhook = operation({
  summary: 'Send changes of a data source’s schema nowhere any more',
  effect: 'write',
  permission: 'data-sources:configure',
  object,
  audit: 'data_source.webhook_removed',
  input: webhookInput,
  output: removedWebhook,
  async run({ ref }, { actor, tx, subject }) {
    const connection = await requireAlive(tx, actor, ref)
    const webhook = await requireWebhook(tx, actor, connection.id)
    await removeWebhook(tx, webhook)
    subject({ ...subjectOf(connection), details: { destination: webhook.config.url } })
    return { deleted: true as const }
  },
})

export const testWebhook = operation({
  summary: 'Send a test message to where changes of a data source’s schema are sent',
  effect: 'read',
  permission: 'data-sources:configure',
  object,
  audit: 'data_source.webhook_tested',
  input: webhookInput,
  output: sinkTest,
  async run({ ref }, { actor, db, requestId, signal }) {
    const connection = await findAlive(db, actor, ref)
    const { id } = await requireWebhook(db, actor, connection.id)
    // Before it happens: the engine opens a secret for it (AUDIT-1).
    const event = { event: 'data_source.webhook_tested', outcome: 'success' } as const
    await record(db, { actor, ...event, requestId, subject: subjectOf(connection) })
    return testSink({ workspace_id: actor.workspaceId, sink_id: id }, signal)
  },
})

const requireWebhook = async (tx: Tx, { workspaceId }: Actor, connectionId: string): Promise<StoredWebhook> => {
  const webhook = await findWebhook(tx, workspaceId, connectionId)
  if (webhook) return webhook
  throw new AppError('not_found', 'This data source has no webhook.')
}

const none: WebhookView = {
  ...{ url: null, ca: null, changes: 'breaking', enabled: false, secret: { set: false }, revision: 0 },
  ...{ failures: 0, last_error: null, last_sent_at: null, retry_at: null },
}

const viewOf = (webhook: StoredWebhook | undefined): WebhookView =>
  webhook
    ? {
        url: String(webhook.config.url),
        ca: webhook.config.ca === undefined ? null : String(webhook.config.ca),
        changes: webhookChanges.catch('breaking').parse(webhook.changes),
        enabled: webhook.enabled,
        secret: { set: webhook.hasSecret },
        failures: webhook.failures,
        last_error: webhook.lastError,
        last_sent_at: webhook.lastSentAt?.toISOString() ?? null,
        retry_at: webhook.retryAt?.toISOString() ?? null,
        revision: webhook.revision,
      }
    : none
