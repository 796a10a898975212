import * as z from 'zod'
import type { ParsedUrl } from '#lib/connectors/contract'
import { parseInput } from '#lib/core/parse'
import { environments } from '#lib/format/environment'
import type { ConnectionView } from '../schema.ts'
import { connectionRoles, type createConnectionInput } from '../schema.ts'

/** A connection as a file keeps it: everything that may be read, and the names of the secrets that are not in it. */
const ownEntry = z.strictObject({
  conn_id: z.string(),
  name: z.string(),
  type: z.string(),
  role: z.enum(connectionRoles).default('source'),
  environment: z.enum(environments).nullish(),
  tags: z.array(z.string()).optional(),
  description: z.string().nullish(),
  config: z.record(z.string(), z.unknown()),
  credential: z
    .strictObject({
      name: z.string().optional(),
      kind: z.string(),
      config: z.record(z.string(), z.unknown()).default({}),
      secret: z.array(z.string()).default([]),
    })
    .optional(),
})
export type OwnEntry = z.output<typeof ownEntry>

const ownFile = z.strictObject({ jackfield: z.literal(1), connections: z.array(ownEntry) })

export const isOwnFile = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && 'jackfield' in document

export const readOwnFile = (document: unknown): OwnEntry[] => parseInput(ownFile, document, '/text').connections

/** What of a connection goes into a file: nothing of its secrets but which there are. */
export const entryOf = (view: ConnectionView): OwnEntry => ({
  conn_id: view.conn_id,
  name: view.name,
  type: view.type,
  role: view.role,
  ...(view.environment && { environment: view.environment }),
  ...(view.tags.length > 0 && { tags: view.tags }),
  ...(view.description && { description: view.description }),
  config: view.config,
  ...(view.credential && {
    credential: {
      name: view.credential.name,
      kind: view.credential.kind,
      config: view.credential.config,
      secret: view.credential.secret?.fields ?? [],
    },
  }),
})

/** The body that makes or changes the connection; secrets that were typed beside the file go with it. */
export const bodyOf = (
  entry: OwnEntry,
  secrets: ParsedUrl['credential'] = {},
): z.input<typeof createConnectionInput> => ({
  conn_id: entry.conn_id,
  name: entry.name,
  type: entry.type,
  role: entry.role,
  environment: entry.environment ?? null,
  tags: entry.tags ?? [],
  description: entry.description ?? null,
  config: entry.config,
  ...(entry.credential && {
    credential: {
      kind: entry.credential.kind,
      config: { ...(entry.credential.config as Record<string, string>), ...secrets },
    },
  }),
})
