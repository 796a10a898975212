import * as z from 'zod'
import { newId } from '#lib/core/id'
import { Prisma, type Tx } from '#lib/db/client'

/** Whoever changes keys is alone until the end of the transaction, over all instances. */
export const lockKeys = async (tx: Tx): Promise<void> => {
  await tx.$queryRaw(Prisma.sql`select pg_advisory_xact_lock(hashtextextended('jackfield keys', 0))::text`)
}

/** Waits for whoever is storing a secret sealed with this key; who comes later is refused once it is retired. */
export const lockKey = async (tx: Tx, id: string): Promise<void> => {
  await tx.$queryRaw(Prisma.sql`select id from encryption_keys where id = ${id} for update`)
}

export const findKeys = (tx: Tx) => tx.encryptionKey.findMany({ orderBy: { addedAt: 'asc' } })
export type StoredKey = Awaited<ReturnType<typeof findKeys>>[number]

export type KeyChange = Partial<Pick<StoredKey, 'state' | 'promotedAt' | 'retiredAt'>>

/** Writes down what became of a key. */
export const saveKey = async (tx: Tx, key: { id: string; source: string; state: string } & KeyChange) => {
  const { id, ...change } = key
  await tx.encryptionKey.upsert({ where: { id }, create: key, update: change })
}

/** How many stored secrets need each key, earlier versions, deleted credentials and destinations of the trail included. */
export const countNeeded = async (tx: Tx): Promise<Map<string, number>> => {
  const rows = await tx.$queryRaw<unknown[]>(
    Prisma.sql`
      select key_id, count(*)::int as needed from (
        select key_id from credential_versions where envelope is not null
        union all select key_id from audit_sinks where envelope is not null) sealed
      group by key_id`,
  )
  const shape = z.object({ key_id: z.string(), needed: z.int() })
  return new Map(rows.map((row) => shape.parse(row)).map(({ key_id, needed }) => [key_id, needed]))
}

export const findLastRewrap = (tx: Tx) => tx.rewrap.findFirst({ orderBy: [{ startedAt: 'desc' }, { id: 'desc' }] })

export const insertRewrap = (tx: Tx, rewrap: { toKeyId: string; total: number; startedBy: string }) =>
  tx.rewrap.create({ data: { id: newId('rewrap'), state: 'running', ...rewrap } })

/** Writes down that a recovery kit with these keys left the installation. */
export const saveKitExport = async (tx: Tx, ids: readonly string[], source: string): Promise<void> => {
  const kitExportedAt = new Date()
  for (const [n, id] of ids.entries()) {
    const create = { id, source, state: n === 0 ? 'primary' : 'open_only', kitExportedAt }
    await tx.encryptionKey.upsert({ where: { id }, create, update: { kitExportedAt } })
  }
}
