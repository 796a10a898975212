import * as z from 'zod'
import { newId } from '#lib/core/id'
import { db, Prisma, type Tx } from '#lib/db/client'
import { alertRules, type Rule } from './alert-rules.ts'
import { record } from './record.ts'

const found = z.object({
  workspace_id: z.string().nullable(),
  key: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
})
type Found = z.output<typeof found>

/** Looks at every rule once; answers how many alerts were raised. One instance at a time looks; `now`: else the database's. */
export const evaluateAlerts = (now?: Date): Promise<number> =>
  db().$transaction(
    async (tx) => {
      const [lock] = await tx.$queryRaw<{ taken: boolean }[]>`
        select pg_try_advisory_xact_lock(hashtextextended('audit-alerts', 0)) as taken`
      if (lock?.taken !== true) return 0
      let raised = 0
      for (const [name, rule] of Object.entries(alertRules)) raised += await raiseOf(tx, name, rule, now)
      return raised
    },
    { maxWait: 5_000, timeout: 20_000 },
  )

const raiseOf = async (tx: Tx, name: string, rule: Rule, now: Date | undefined): Promise<number> => {
  const rows = await tx.$queryRaw<unknown[]>`
    with clock as (select coalesce(${now ?? null}::timestamptz, now()) as at)
    select f.workspace_id, f.key, f.facts from (${rule.find}) f
    where ${isNews(name)} and not ${isOff(name)} limit 100`
  for (const row of rows) await raise(tx, name, rule, found.parse(row), now)
  return rows.length
}

/** Raised once while open, and after that only for what happened since. */
const isNews = (rule: string): Prisma.Sql => Prisma.sql`not exists (
  select from alerts a where a.rule = ${rule} and a.key = f.key
    and a.workspace_id is not distinct from f.workspace_id
    and (a.acknowledged_at is null or a.raised_at >= f.at))`

/** A workspace switched it off; what concerns the installation cannot be. */
const isOff = (rule: string): Prisma.Sql => Prisma.sql`exists (
  select from workspaces o where o.id = f.workspace_id and o.alert_rules->${rule}->>'off' = 'true')`

const system = { kind: 'system', id: 'system', name: 'Jackfield' } as const

const raise = async (
  tx: Tx,
  rule: string,
  { sentence: pattern }: Rule,
  { workspace_id, key, facts }: Found,
  raisedAt: Date | undefined,
) => {
  const sentence = pattern.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ''))
  const id = newId('alert')
  await tx.alert.create({
    data: { id, workspaceId: workspace_id, rule, key, sentence, details: facts, ...(raisedAt && { raisedAt }) },
  })
  const actor = { ...system, workspaceId: workspace_id ?? '' }
  const subject = { type: 'alert', id, name: rule, details: { rule, about: aboutOf(key), sentence, ...facts } }
  await record(tx, { actor, event: 'alert.raised', outcome: 'success', subject })
}

/** What an alert is about, without the day and the step of a reminder. */
export const aboutOf = (key: string): string => key.split(' ')[0] ?? key

/** The workspace's alerts and those of the installation. */
const visible = (workspaceId: string) => ({ OR: [{ workspaceId }, { workspaceId: null }] })

export const pageOfAlerts = (
  tx: Tx,
  workspaceId: string,
  { after, limit, onlyOpen }: { after: string | undefined; limit: number; onlyOpen: boolean },
) =>
  tx.alert.findMany({
    where: {
      ...visible(workspaceId),
      ...(onlyOpen && { acknowledgedAt: null }),
      ...(after !== undefined && { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  })

export const countOpenAlerts = (tx: Tx, workspaceId: string): Promise<number> =>
  tx.alert.count({ where: { ...visible(workspaceId), acknowledgedAt: null } })

/** Whoever is first stays named. */
export const acknowledgeStored = async (tx: Tx, workspaceId: string, id: string, by: string) => {
  const data = { acknowledgedBy: by, acknowledgedAt: new Date() }
  await tx.alert.updateMany({ where: { id, ...visible(workspaceId), acknowledgedAt: null }, data })
  return tx.alert.findFirst({ where: { id, ...visible(workspaceId) } })
}

export const readAlertSettings = async (tx: Tx, workspaceId: string): Promise<unknown> =>
  (await tx.workspace.findUnique({ where: { id: workspaceId }, select: { alertRules: true } }))?.alertRules ?? {}

export const writeAlertSettings = async (tx: Tx, id: string, rules: object): Promise<void> => {
  await tx.workspace.update({ where: { id }, data: { alertRules: { ...rules } } })
}
