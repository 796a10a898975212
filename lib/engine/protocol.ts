import * as z from 'zod'
import { type AuditEvent, auditEvents } from '#lib/audit/events'
import { permissionNames as names, type Permission } from '#lib/auth/permissions'
import {
  dialectNames,
  discoverRequest,
  filesRequest,
  pagesRequest,
  queryRequest,
  replicateRequest,
} from '#lib/connectors/contract'
import { destinationShape } from '#lib/credentials/destination'
import { secretProblem } from '#lib/keys/schema'
import { exportFormat } from '#lib/queries/schema'

/** What the web process may ask of the engine, over HTTP on a private unix socket. Both sides parse. */

const permissionNames = names as [Permission, ...Permission[]]

export const auditEventName = z.enum(Object.keys(auditEvents) as [AuditEvent, ...AuditEvent[]])

/** Who asks and what to write into the audit trail before a secret is opened. */
export const ticket = z.strictObject({
  /** `none` belongs to operations that open nothing; the engine refuses to open a secret for it. */
  event: z.union([auditEventName, z.literal('none')]),
  request_id: z.string(),
  /** What the operation needs; checked once more before and while something runs. */
  permission: z.enum(permissionNames).optional(),
  actor: z.strictObject({
    kind: z.enum(['user', 'api_key', 'system']),
    id: z.string(),
    name: z.string(),
    /** The browser session that asked; work that outlives a session leaves it out. */
    session_id: z.string().optional(),
    workspace_id: z.string(),
    organization_id: z.string(),
    /** May say where a secret that has no destination yet goes: whoever may type secrets. */
    may_bind: z.boolean(),
    /** Sees and uses restricted objects without a grant. */
    sees_restricted: z.boolean().optional(),
    /** The same for a secret of the whole organization: whoever looks after those. */
    may_bind_organization: z.boolean().optional(),
    /** The pipeline an API key says it works for. */
    pipeline: z.string().max(128).optional(),
    ip: z.string().optional(),
    user_agent: z.string().optional(),
  }),
})
export type Ticket = z.output<typeof ticket>

export const sealRequest = z.strictObject({
  /** The credential's workspace, or its organization's id where it belongs to all workspaces. */
  workspace_id: z.string(),
  credential_id: z.string(),
  version: z.int().min(1),
  kind: z.string(),
  /** Where it may be sent, as `placeOf` writes it. */
  sealed_to: z.string(),
  /** Secret fields and their values. */
  fields: z.record(z.string(), z.string()),
  /** Stored secret fields of an older version that stay as they are: the engine copies them into the new envelope, nobody else sees them. */
  keep: z.strictObject({ version: z.int().min(1), fields: z.array(z.string()) }).optional(),
  /** A stored version that may hold the very same already. */
  compare: z.int().min(1).optional(),
})
export type SealRequest = z.output<typeof sealRequest>

export const sealAnswer = z.object({
  /** Base64 of the self-describing envelope. */
  envelope: z.string(),
  key_id: z.string(),
  /** Keyed HMAC over the fields: the same for the same secret of this credential, and comparable with nothing else. */
  fingerprint: z.string(),
  /** The version to compare with holds the same fields, sealed to the same place. */
  is_same: z.boolean(),
})
export type SealAnswer = z.output<typeof sealAnswer>

/** What is stored of a credential, sealed to another place; the caller holds the credential and has decided that it may. */
export const resealRequest = z.strictObject({
  workspace_id: z.string(),
  credential_id: z.string(),
  destination: destinationShape.nullable(),
  /** The public part of the current version. */
  config: z.record(z.string(), z.unknown()),
})
export type ResealRequest = z.output<typeof resealRequest>

export const resealAnswer = z.object({
  versions: z.array(
    z.object({
      version: z.int(),
      envelope: z.string(),
      key_id: z.string(),
      fingerprint: z.string(),
      sealed_to: z.string(),
    }),
  ),
})
export type ResealAnswer = z.output<typeof resealAnswer>

/** A saved connection by id, or settings that were only typed. */
export const runTarget = z.union([
  z.strictObject({ connection_id: z.string() }),
  z.strictObject({
    type: z.string(),
    config: z.record(z.string(), z.unknown()),
    /** Typed on the form … */
    credential: z
      .strictObject({
        kind: z.string(),
        meta: z.record(z.string(), z.unknown()),
        secret: z.record(z.string(), z.string()),
        /** Secret fields left as they are stored, under `credential_id` or with the connection being edited. */
        keep: z.array(z.string()).default([]),
      })
      .optional(),
    /** … or stored: used whole where nothing was typed; the destination must be the one it is sealed to. */
    credential_id: z.string().optional(),
    /** The saved connection being edited: its credential is meant where `credential_id` is left out. */
    connection_id: z.string().optional(),
  }),
])
export type RunTarget = z.output<typeof runTarget>

export const runRequest = z.strictObject({
  ticket,
  target: runTarget,
  job: z.discriminatedUnion('capability', [
    z.strictObject({ capability: z.literal('test') }),
    z.strictObject({ capability: z.literal('discover'), request: discoverRequest }),
    z.strictObject({
      capability: z.literal('query'),
      request: queryRequest,
      /** The run in the history, named in the trail. */
      query_id: z.string().optional(),
      /** The rows as the bytes of a file, between the first and the last line. */
      format: exportFormat.optional(),
    }),
    z.strictObject({ capability: z.literal('replicate'), request: replicateRequest }),
    z.strictObject({ capability: z.literal('files'), request: filesRequest }),
    z.strictObject({ capability: z.literal('pages'), request: pagesRequest }),
  ]),
})
export type RunRequest = z.output<typeof runRequest>

/**
 * The answer to a run is NDJSON: what the driver yields line by line, then exactly one last line.
 * `test`: `{"stage":…}` lines, then `{"end":{"outcome":…,"test_id":…}}`. Everything else: the driver's bytes, then
 * `{"end":{}}`; those of `pages` with the job's secrets taken out.
 * A failure after the first byte is `{"error":{"code","message"}}`; before it, a problem status with that body.
 */
export interface RunError {
  code: string
  message: string
  /** Fields of the settings that are wrong. */
  errors?: { pointer: string; message: string }[]
  details?: Record<string, unknown>
}

/** Everything needed to log in to a saved connection, secrets included, for an API key. */
export const resolveRequest = z.strictObject({
  ticket,
  connection_id: z.string(),
  format: z.enum(dialectNames),
  /** The API key as it was sent; the engine compares it with what is stored of it. */
  key: z.string().max(256),
})
export type ResolveRequest = z.output<typeof resolveRequest>

export const resolveAnswer = z.object({
  /** The text in the dialect that was asked for; null for `fields`. */
  value: z.string().nullable(),
  fields: z.record(z.string(), z.unknown()),
  /** Files that the text names, to be written where it is used. */
  files: z.record(z.string(), z.string()),
  notes: z.array(z.string()),
  expires_at: z.iso.datetime().nullable(),
})
export type ResolveAnswer = z.output<typeof resolveAnswer>

/** Sends a test message to a destination of the audit trail. */
export const sinkTestRequest = z.strictObject({ workspace_id: z.string(), sink_id: z.string() })
export type SinkTestRequest = z.output<typeof sinkTestRequest>

/** What a destination's secret is sealed to, its receiver included: it opens for no other one. */
export const sinkSealing = ({ id, workspaceId, origin }: { id: string; workspaceId: string; origin: string }) => ({
  workspace_id: workspaceId,
  credential_id: id,
  version: 1,
  kind: 'audit_sink',
  sealed_to: origin,
})

export const verifyAuditRequest = z.strictObject({ chains: z.array(z.string()).min(1).max(1_000) })

export const engineStatus = z.object({
  /** Where the primary key is kept, or `missing`: no key could be loaded, stored credentials are locked. */
  key_source: z.enum(['file', 'env', 'aws-kms', 'gcp-kms', 'azure-key-vault', 'vault-transit', 'missing']),
  key_ids: z.array(z.string()),
  primary_key_id: z.string().nullable(),
  /** Sentence for people when something is wrong with the keys. */
  problem: z.string().nullable(),
  runners: z.object({ idle: z.int(), busy: z.int(), queued: z.int() }),
})
export type EngineStatus = z.output<typeof engineStatus>

export const keyReport = z.object({
  source: engineStatus.shape.key_source,
  /** Can keys be added and promoted from here, or does somebody fill the source by hand? */
  changeable: z.boolean(),
  /** The first one seals. */
  key_ids: z.array(z.string()),
  /** Where each key is kept, and why it could not be had from there. */
  sources: z.array(z.object({ id: z.string(), source: z.string().nullable(), problem: z.string().nullable() })),
  problem: z.string().nullable(),
})
export type KeyReport = z.output<typeof keyReport>

/** Changes to the list of keys; the caller holds the lock of the keys and records the event. */
export const keyChange = z.discriminatedUnion('change', [
  z.strictObject({ change: z.literal('add') }),
  z.strictObject({ change: z.literal('promote'), id: z.string() }),
  z.strictObject({ change: z.literal('retire'), id: z.string() }),
])
export type KeyChange = z.output<typeof keyChange>

export const keyChangeAnswer = z.object({
  id: z.string(),
  /** Where an added key is kept. */
  source: z.string().optional(),
  /** Where a retired key was put. */
  file: z.string().nullable(),
})
export type KeyChangeAnswer = z.output<typeof keyChangeAnswer>

export const keyDoctorReport = z.object({
  opened: z.int(),
  /** Secrets that do not open, up to the first hundred. */
  problems: z.array(secretProblem),
  problem_count: z.int(),
  /** What is wrong with the keys themselves, in sentences. */
  keys: z.array(z.string()),
})
export type KeyDoctorReport = z.output<typeof keyDoctorReport>
