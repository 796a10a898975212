import * as z from 'zod'
import { dialectNames } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { resolveSecret } from '#lib/engine/client'
import { findAlive } from './found.ts'
import { connectionRef } from './schema.ts'

const resolveInput = z.strictObject({
  ref: connectionRef.shape.ref,
  format: z.enum(dialectNames).default('uri'),
})

const text = z.string().optional()

const resolved = z.object({
  conn_id: z.string(),
  type: z.string(),
  format: z.enum(dialectNames),
  /** The text stands under the name of its dialect. */
  uri: text,
  jdbc: text,
  sqlalchemy: text,
  libpq: text,
  odbc: text,
  airflow: text,
  dbt: text,
  prisma: text,
  env: text,
  /** Settings and login, secrets included. */
  fields: z.record(z.string(), z.unknown()),
  /** Contents of files that the text names, such as certificates, by their names. */
  files: z.record(z.string(), z.string()),
  notes: z.array(z.string()),
  /** When the credential ends by itself; resolve again before. */
  expires_at: z.iso.datetime().nullable(),
})

export const resolveConnection = operation({
  summary: 'Resolve a connection to everything needed to log in, secrets included; for API keys only',
  effect: 'read',
  permission: 'connections:resolve',
  object: { kind: 'connection', field: 'ref' },
  audit: 'connection.resolved',
  input: resolveInput,
  output: resolved,
  async run({ ref, format }, { actor, db, ticket }) {
    if (!actor.presented) {
      const sentence = 'A stored secret is handed out to API keys only. Make one that may resolve, and send it.'
      throw new AppError('forbidden', sentence)
    }
    const found = await findAlive(db, actor, ref, 'use')
    const request = { ticket, connection_id: found.id, format, key: actor.presented() }
    const { value, ...answer } = await resolveSecret(request)
    return { conn_id: found.connId, type: found.type, format, ...answer, ...(value !== null && { [format]: value }) }
  },
})
