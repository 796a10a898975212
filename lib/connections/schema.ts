import * as z from 'zod'
import { pageLine, pagesRequest, testCause, testStage } from '#lib/connectors/contract'
import { pageInput, pageMeta } from '#lib/core/page'
import { several } from '#lib/core/several'
import { displayName, longText, slug, tagList } from '#lib/core/text'
import { configInput, secretView } from '#lib/credentials/schema'
import { environments } from '#lib/format/environment'
import { connectionSorts, testStates } from './columns.ts'

export const connectionRoles = ['source', 'destination'] as const

/** Names a saved connection: its slug or its id. */
export const connectionRef = z.strictObject({ ref: z.string().min(1).max(128) })

const typedCredential = z.strictObject({
  type: z.string().max(64).optional(),
  kind: z.string().max(64).optional(),
  name: displayName.optional(),
  /** Public and secret fields together; the kind's schema tells them apart. `"********"` keeps, `null` clears. */
  config: configInput,
})

/** The flat, Airflow-like fields; mapped by the connector's manifest. */
const flatFields = {
  host: z.string().max(1024).optional(),
  port: z
    .union([z.number(), z.string().max(8)])
    .nullable()
    .optional(),
  schema: z.string().max(1024).optional(),
  login: z.string().max(1024).optional(),
  password: z.string().max(65_536).nullable().optional(),
  extra: z
    .union([z.string().max(65_536), z.record(z.string(), z.unknown())])
    .nullable()
    .optional(),
}

const settings = z.record(z.string().max(64), z.unknown())

const labels = {
  environment: z.enum(environments).nullable().optional(),
  tags: tagList.optional(),
  description: longText.nullable().optional(),
}

/** Create: the canonical body and the flat one are both accepted; the operation refuses a mixture of the two. */
export const createConnectionInput = z.strictObject({
  conn_id: slug.optional(),
  name: displayName.optional(),
  type: z.string().min(1).max(64),
  role: z.enum(connectionRoles).default('source'),
  ...labels,
  config: settings.optional(),
  credential_id: z.string().max(64).nullable().optional(),
  credential: typedCredential.optional(),
  ...flatFields,
})

const changes = {
  conn_id: slug.optional(),
  name: displayName.optional(),
  role: z.enum(connectionRoles).optional(),
  ...labels,
  config: settings.optional(),
  credential_id: z.string().max(64).nullable().optional(),
  credential: typedCredential.optional(),
  ...flatFields,
}

/** PATCH merges `config` key by key; PUT replaces it. `if_match` carries the If-Match header. */
export const updateConnectionInput = z.strictObject({
  ref: connectionRef.shape.ref,
  if_match: z.string().max(128).optional(),
  ...changes,
  type: z.string().max(64).optional(),
})

export const removeConnectionInput = z.strictObject({
  ref: connectionRef.shape.ref,
  if_match: z.string().max(128).optional(),
})

/** Deletes what active pipelines use all the same; the reason is recorded. */
export const deleteConnectionInput = z.strictObject({
  ...removeConnectionInput.shape,
  force: z.enum(['true', 'false']).optional(),
  reason: longText.optional(),
})

export const duplicateConnectionInput = z.strictObject({
  ref: connectionRef.shape.ref,
  conn_id: slug.optional(),
  name: displayName.optional(),
})

/** Test without saving: like create, plus the connection being edited so that a kept secret can be used. */
export const testDraftInput = z.strictObject({
  type: z.string().min(1).max(64),
  role: z.enum(connectionRoles).optional(),
  conn_id: slug.optional(),
  name: z.string().max(512).optional(),
  ...labels,
  config: settings.optional(),
  credential_id: z.string().max(64).nullable().optional(),
  credential: typedCredential.optional(),
  connection_ref: z.string().max(128).optional(),
  ...flatFields,
})

/** Which list to preview, and how much of it. */
export const previewInput = z.strictObject({ ref: connectionRef.shape.ref, ...pagesRequest.shape })
export const previewDraftInput = z.strictObject({ ...testDraftInput.shape, ...pagesRequest.shape })
export const previewReport = z.object({
  pages: z.array(pageLine.options[0]),
  items: z.int(),
  /** Why it stopped. */
  sentence: z.string(),
  cause: testCause.nullable(),
})

export const listConnectionsInput = z.strictObject({
  ...pageInput,
  q: z.string().max(200).optional(),
  role: z.enum(connectionRoles).optional(),
  type: several(z.string().max(64)).optional(),
  /** `none` for those without one. */
  environment: several(z.enum([...environments, 'none'])).optional(),
  tag: several(z.string().max(64)).optional(),
  status: several(z.enum(testStates)).optional(),
  /** By pipelines. */
  used: z.enum(['true', 'false']).optional(),
  deleted: z.enum(['true', 'false']).optional(),
  /** Unless said, by name; what a search found, best first. */
  sort: z.enum(connectionSorts).optional(),
})

export const facetsInput = z.strictObject({
  role: z.enum(connectionRoles).optional(),
  deleted: z.enum(['true', 'false']).optional(),
})

const facet = <S extends z.ZodType>(value: S) => z.array(z.object({ value, count: z.int() }))

/** What the list can be filtered by, with how many each value has, the most frequent first. */
export const connectionFacets = z.object({
  types: facet(z.string()),
  environments: facet(z.enum([...environments, 'none'])),
  /** The 200 most frequent. */
  tags: facet(z.string()),
  statuses: facet(z.enum(testStates)),
  used: z.int(),
  unused: z.int(),
})
export type ConnectionFacets = z.output<typeof connectionFacets>

export const lastTest = z.object({
  id: z.string(),
  status: z.enum(['passed', 'failed']),
  at: z.iso.datetime(),
  latency_ms: z.number().nullable(),
  message: z.string(),
  /** The settings or the secret changed after this test. */
  stale: z.boolean(),
  cause_code: z.string().nullable(),
})

export const connectionView = z.object({
  id: z.string(),
  conn_id: z.string(),
  name: z.string(),
  type: z.string(),
  role: z.enum(connectionRoles),
  environment: z.enum(environments).nullable(),
  tags: z.array(z.string()),
  description: z.string().nullable(),
  config: z.record(z.string(), z.unknown()),
  summary: z.string(),
  credential_id: z.string().nullable(),
  /** Null with an id beside it: a restricted credential, which you may not see. */
  credential: z
    .object({
      id: z.string(),
      name: z.string(),
      type: z.string(),
      kind: z.string(),
      config: z.record(z.string(), z.unknown()),
      secret: secretView.nullable(),
    })
    .nullable(),
  host: z.string().nullable(),
  port: z.number().nullable(),
  schema: z.string().nullable(),
  login: z.string().nullable(),
  /** `"********"` when one is stored, null when not. */
  password: z.string().nullable(),
  extra: z.string().nullable(),
  used_by_count: z.int(),
  /** Only admins and those with a grant see and use it. */
  restricted: z.boolean(),
  /** What a grant gives you here beyond your role: `view`, `use` or `edit`. */
  granted: z.string().nullable(),
  last_test: lastTest.nullable(),
  test_state: z.enum(testStates),
  revision: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  created_by: z.string(),
  deleted_at: z.iso.datetime().nullable(),
})
export type ConnectionView = z.output<typeof connectionView>

export const deletedConnection = z.object({
  id: z.string(),
  conn_id: z.string(),
  status: z.literal('deleted'),
  deleted_at: z.iso.datetime(),
})
export const purgedConnection = z.object({ id: z.string(), purged: z.literal(true) })

export const connectionList = z.object({
  items: z.array(connectionView),
  page: pageMeta,
  /** Under the same filters in each tab. Exact, unless `up_to` is a number: then one that reaches it means so many or more. */
  counts: z.object({ all: z.int(), source: z.int(), destination: z.int(), up_to: z.int().nullable() }),
  /** Nothing matched as it was typed; these differ by a slip of the pen. */
  approximate: z.boolean(),
})
export type ConnectionList = z.output<typeof connectionList>

export const testReport = z.object({
  success: z.boolean(),
  message: z.string(),
  driver: z.string(),
  latency_ms: z.number().nullable(),
  server: z.record(z.string(), z.json()).nullable(),
  stages: z.array(testStage),
  cause: testCause.nullable(),
  test_id: z.string().nullable(),
})
export type TestReport = z.output<typeof testReport>

export const testLine = z.object({ stage: testStage })

export const testRecord = testReport.extend({
  test_id: z.string(),
  at: z.iso.datetime(),
  created_by: z.string(),
  settings_revision: z.int(),
  credential_version: z.int().nullable(),
})
export const testHistory = z.object({
  items: z.array(testRecord),
  page: pageMeta,
})
export const listTestsInput = z.strictObject({ ref: connectionRef.shape.ref, ...pageInput })

export const usedByInput = z.strictObject({ ref: connectionRef.shape.ref, ...pageInput })

/** A place where a pipeline names the connection, or one that used it without naming it. */
export const usage = z.object({
  pipeline: z.object({
    /** Null for a pipeline that never registered. */
    id: z.string().nullable(),
    key: z.string(),
    name: z.string(),
    active: z.boolean(),
  }),
  node: z.string().nullable(),
  pointer: z.string().nullable(),
  declared: z.boolean(),
  /** When a key that named this pipeline last used the connection. */
  last_used_at: z.iso.datetime().nullable(),
  /** Declared by an active pipeline for thirty days, and in these not used by it, nor by a key that named no pipeline. */
  idle: z.boolean(),
})
export type Usage = z.output<typeof usage>

const usedBy = z.object({
  kind: z.enum(['user', 'api_key', 'system']),
  id: z.string(),
  /** Null for those who may not see members, or keys. */
  name: z.string().nullable(),
})

export const usedByList = z.object({
  items: z.array(usage),
  page: pageMeta,
  /** How many active pipelines name it. */
  active: z.int(),
  last_use: z.object({ at: z.iso.datetime(), purpose: z.string(), by: usedBy }).nullable(),
  /** The last thirty days on which it was used at all, newest first. */
  days: z.array(z.object({ day: z.iso.date(), count: z.int() })),
  /** Who used it in these days, most first. */
  users: z.array(usedBy.extend({ count: z.int(), last_used_at: z.iso.datetime(), pipeline: z.string().nullable() })),
})
export type UsedByList = z.output<typeof usedByList>

/** Several connections of one call, by id. */
const ids = z.array(z.string().min(1).max(64)).min(1).max(200)

export const bulkIds = z.strictObject({ ids })
export const bulkTags = z
  .strictObject({ ids, add: tagList.default([]), remove: tagList.default([]) })
  .refine(({ add, remove }) => add.length + remove.length > 0, {
    error: 'Name a tag to add or to remove.',
    path: ['add'],
  })
export const bulkMove = z.strictObject({ ids, environment: z.enum(environments).nullable() })

/** What became of one of them; `code` and `message` say why it stayed as it was. */
export const bulkItem = z.object({
  id: z.string(),
  status: z.enum(['done', 'unchanged', 'failed']),
  code: z.string().nullable(),
  message: z.string().nullable(),
})
export const bulkLine = z.object({ item: bulkItem })
export const bulkReport = z.object({ items: z.array(bulkItem), done: z.int(), unchanged: z.int(), failed: z.int() })
export type BulkReport = z.output<typeof bulkReport>

export const listVersionsInput = z.strictObject({ ref: connectionRef.shape.ref, ...pageInput })

const versionChange = z.object({
  /** `name`, `config.host`, `credential`, or the name of a secret field. */
  field: z.string(),
  /** Never of a secret: of those only that they changed. */
  before: z.json().nullable(),
  after: z.json().nullable(),
  secret: z.boolean(),
})
export type VersionChange = z.output<typeof versionChange>

export const connectionVersion = z.object({
  version: z.int(),
  /** The connection is as this version left it. */
  current: z.boolean(),
  created_at: z.iso.datetime(),
  created_by: z.object({ id: z.string(), name: z.string().nullable() }),
  changes: z.array(versionChange),
  restored_from: z.int().nullable(),
  /** The last test of these settings. */
  test: z.object({ status: z.enum(['passed', 'failed']), at: z.iso.datetime() }).nullable(),
})
export type ConnectionVersion = z.output<typeof connectionVersion>

export const versionHistory = z.object({
  items: z.array(connectionVersion),
  page: pageMeta,
  /** The newest version whose settings passed a test; `same_secret`: with the secret that is stored now. */
  last_green: z.object({ version: z.int(), same_secret: z.boolean() }).nullable(),
})
export type VersionHistory = z.output<typeof versionHistory>

/** Returning is a change like any other: where a secret would go elsewhere, type it again or have the right to bind it. */
export const restoreVersionInput = z.strictObject({
  ref: connectionRef.shape.ref,
  version: z.coerce.number().int().min(1),
  /** The revision on which this was decided; refused when there is a newer one. */
  revision: z.int().optional(),
  /** Another name, where the one of then was given away. */
  name: displayName.optional(),
  /** Another credential than the one of then; null for none. */
  credential_id: z.string().max(64).nullable().optional(),
  credential: typedCredential.optional(),
})
