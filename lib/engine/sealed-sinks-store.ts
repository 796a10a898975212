import * as z from 'zod'
import { db, Prisma, type Tx } from '#lib/db/client'
import type { SealContext } from '#lib/vault/seal'
import { sinkSealing } from './protocol.ts'

const sinkRow = z.object({
  id: z.string(),
  workspaceId: z.string(),
  name: z.string(),
  url: z.string(),
  envelope: z.instanceof(Uint8Array),
  keyId: z.string(),
})
export type SealedSink = z.output<typeof sinkRow>

const sealedSinks = (where: Prisma.Sql) => Prisma.sql`
  select id, workspace_id as "workspaceId", name, coalesce(config->>'url', '') as url, envelope, key_id as "keyId"
  from audit_sinks where envelope is not null and key_id is not null and ${where} order by id`

/** The sealed secrets of all destinations of the audit trail; there are few. */
export const allSealedSinks = async (): Promise<SealedSink[]> =>
  (await db().$queryRaw<unknown[]>(sealedSinks(Prisma.sql`true`))).map((row) => sinkRow.parse(row))

/** Those that another key than this one seals, held until the transaction ends. */
export const lockSinksSealedOtherwise = async (tx: Tx, keyId: string): Promise<SealedSink[]> => {
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`${sealedSinks(Prisma.sql`key_id <> ${keyId}`)} for update`)
  return rows.map((row) => sinkRow.parse(row))
}

/** What a destination's envelope is bound to. */
export const contextOfSink = ({ id, workspaceId, url }: SealedSink): SealContext => {
  const { credential_id, version, kind, sealed_to } = sinkSealing({
    ...{ id, workspaceId },
    origin: URL.parse(url)?.origin ?? '',
  })
  return { workspaceId, credentialId: credential_id, version, kind, sealedTo: sealed_to }
}

/** Stores an envelope only where the one it was made from still is; nothing else about the destination changes. */
export const replaceSinkEnvelope = async (tx: Tx, old: SealedSink, envelope: Buffer, keyId: string) => {
  const changed = await tx.$executeRaw(Prisma.sql`
    update audit_sinks set envelope = ${envelope}, key_id = ${keyId}
    where id = ${old.id} and key_id = ${old.keyId} and envelope = ${Buffer.from(old.envelope)}`)
  return changed === 1
}
