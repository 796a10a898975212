import * as z from 'zod'
import { pageInput, pageMeta } from '#lib/core/page'
import { displayName, pipelineKey } from '#lib/core/text'

export const pipelineRef = z.strictObject({ key: pipelineKey })

const definition = z.record(z.string(), z.unknown())

export const putPipelineInput = z.strictObject({
  key: pipelineKey,
  if_match: z.string().max(128).optional(),
  /** The key unless given. */
  name: displayName.optional(),
  active: z.boolean().default(true),
  definition,
})

export const patchPipelineInput = z.strictObject({
  key: pipelineKey,
  if_match: z.string().max(128).optional(),
  name: displayName.optional(),
  active: z.boolean().optional(),
})

export const removePipelineInput = z.strictObject({ key: pipelineKey, if_match: z.string().max(128).optional() })

export const pipelineSorts = ['key', '-key'] as const

export const listPipelinesInput = z.strictObject({
  ...pageInput,
  q: z.string().max(200).optional(),
  active: z.enum(['true', 'false']).optional(),
  /** Only those that name a connection which is not there or deleted. */
  broken: z.enum(['true', 'false']).optional(),
  /** Only those that use this connection: its slug or id. */
  connection: z.string().max(128).optional(),
  sort: z.enum(pipelineSorts).default('key'),
})

/** How a reference stands: it leads to a connection, to a deleted one, or to none that you may see. */
export const referenceStates = ['bound', 'deleted', 'missing'] as const

const namedConnection = z.object({
  id: z.string(),
  conn_id: z.string(),
  name: z.string(),
  type: z.string(),
  environment: z.string().nullable(),
})

export const pipelineReference = z.object({
  /** Where it stands in the definition, as a JSON pointer. */
  pointer: z.string(),
  /** As the definition says it. */
  conn_id: z.string(),
  node: z.string().nullable(),
  state: z.enum(referenceStates),
  connection: namedConnection.nullable(),
})
export type PipelineReferenceView = z.output<typeof pipelineReference>

const common = {
  id: z.string(),
  key: z.string(),
  name: z.string(),
  active: z.boolean(),
  revision: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  /** When it last registered itself, changed or not. */
  last_seen_at: z.iso.datetime(),
}

export const pipelineView = z.object({
  ...common,
  definition,
  references: z.array(pipelineReference),
  created_by: z.string().nullable(),
  updated_by: z.string().nullable(),
})
export type PipelineView = z.output<typeof pipelineView>

export const pipelineLine = z.object({
  ...common,
  /** The connections it uses, each once. */
  connections: z.array(namedConnection.extend({ state: z.enum(['bound', 'deleted']) })),
  /** Names in its definition that lead nowhere. */
  missing: z.array(z.string()),
})
export type PipelineLine = z.output<typeof pipelineLine>

export const pipelineList = z.object({
  items: z.array(pipelineLine),
  page: pageMeta,
  counts: z.object({ all: z.int(), active: z.int(), inactive: z.int() }),
})

export const removedPipeline = z.object({ id: z.string(), key: z.string(), deleted: z.literal(true) })

export const usesInput = z.strictObject({ connection_id: z.string().max(128) })
/** One place where a pipeline names the connection; `relations` is empty where it does not say which tables it uses. */
export const usesOutput = z.object({
  items: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      active: z.boolean(),
      node: z.string().nullable(),
      relations: z.array(z.string()),
    }),
  ),
})
export type PipelineUseView = z.output<typeof usesOutput>['items'][number]
