import { db, type Tx } from '#lib/db/client'

export interface StoredAnswer {
  body: Uint8Array
  /** Null until the work is done. */
  status: number | null
  headers: unknown
  text: string | null
}

/** A claim that is older belongs to a process that died. Longer than any call takes. */
const claim_s = 120
const life_h = 24

/** Claims the work; false if somebody has done it or is doing it. What is older than a day is forgotten on the way. */
export const claimAnswer = async (
  id: Uint8Array,
  { workspaceId, body, claim }: { workspaceId: string | null; body: Uint8Array; claim: string },
): Promise<boolean> => {
  await db().$executeRaw`delete from idempotent_answers where created_at < now() - make_interval(hours => ${life_h})`
  const claimed = await db().$executeRaw`
    insert into idempotent_answers as a (id, workspace_id, body, claim) values (${id}, ${workspaceId}, ${body}, ${claim})
    on conflict (id) do update set claim = excluded.claim, claimed_at = now()
    where a.status is null and a.body = excluded.body and a.claimed_at < now() - make_interval(secs => ${claim_s})`
  return claimed === 1
}

export const findAnswer = async (id: Uint8Array): Promise<StoredAnswer | undefined> => {
  const rows = await db().$queryRaw<StoredAnswer[]>`
    select body, status, headers, text from idempotent_answers where id = ${id}`
  return rows[0]
}

/** Writes the answer of a claim; false if the claim was lost to somebody else. */
export const keepAnswer = async (
  tx: Tx,
  claim: string,
  answer: { status: number; headers: Record<string, string>; text: string },
): Promise<boolean> => {
  const { count } = await tx.idempotentAnswer.updateMany({ where: { claim, status: null }, data: answer })
  return count === 1
}

export const keepAnswerAlone = (
  claim: string,
  answer: { status: number; headers: Record<string, string>; text: string },
): Promise<boolean> => keepAnswer(db(), claim, answer)

/** Gives a claim up whose work changed nothing. */
export const dropClaim = async (claim: string): Promise<void> => {
  await db().idempotentAnswer.deleteMany({ where: { claim, status: null } })
}

/** Whether a workspace refuses changes that do not say which version they were made on. */
export const requiresIfMatch = async (workspaceId: string): Promise<boolean> => {
  const where = { id: workspaceId, requireIfMatch: true }
  return (await db().workspace.findFirst({ where, select: { id: true } })) !== null
}
