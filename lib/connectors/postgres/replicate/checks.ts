import { quoteIdent } from '../../_sql/quote.ts'
import type { ReplicateLine, ReplicationPlan, TestFix } from '../../contract.ts'
import type { Facts, Provider, ServerFacts, TableFacts } from './facts.ts'

type CheckLine = Extract<ReplicateLine, { type: 'check' }>
type TableLine = Extract<ReplicateLine, { type: 'table' }>
type Verdict = Pick<CheckLine, 'status' | 'sentence' | 'fix'>

const passed = (sentence: string): Verdict => ({ status: 'passed', sentence, fix: null })
const warning = (sentence: string, fix: TestFix | null = null): Verdict => ({ status: 'warning', sentence, fix })
const failed = (sentence: string, fix: TestFix | null = null): Verdict => ({ status: 'failed', sentence, fix })
const sql = (text: string): TestFix => ({ kind: 'sql', text })
const setting = (text: string): TestFix => ({ kind: 'setting', text })

/** What has to hold at the server, whichever tables are meant. */
export const serverChecks = (facts: Facts, plan: ReplicationPlan): CheckLine[] =>
  checks.map(([id, label, judge]) => ({ type: 'check', id, label, ...judge(facts, plan) }))

const checks: [id: string, label: string, judge: (facts: Facts, plan: ReplicationPlan) => Verdict][] = [
  ['version', 'PostgreSQL 10 or newer', ({ server }) => versionOf(server)],
  ['wal_level', 'Logical changes are written', ({ server }) => walLevelOf(server)],
  ['replication_right', 'The login may replicate', ({ server }) => rightOf(server)],
  [
    'slots',
    'A replication slot is free',
    ({ server, slot }) => (slot ? passed('The slot exists already.') : slotsOf(server)),
  ],
  ['senders', 'A sender is free', ({ server }) => sendersOf(server)],
  ['publication', 'The publication can be made', publicationOf],
  ['slot', 'The name of the slot is free', slotOf],
  ['standby', 'The server can decode', ({ server }) => standbyOf(server)],
  ['wal_limit', 'A slow reader cannot fill the disk', ({ server }) => keepOf(server)],
  ['transactions', 'No old transaction is open', ({ server }) => transactionsOf(server)],
]

const versionOf = ({ version_num }: ServerFacts): Verdict =>
  version_num >= 100_000
    ? passed(`Version ${Math.floor(version_num / 10_000)}.`)
    : failed('Publications came with PostgreSQL 10; this server is older and has to be upgraded.')

const walLevelOf = ({ wal_level, provider }: ServerFacts): Verdict =>
  wal_level === 'logical'
    ? passed('wal_level is “logical”.')
    : failed(
        `wal_level is “${wal_level}” and has to be “logical”. The server restarts once for that.`,
        walLevelFixes[provider],
      )

const walLevelFixes: Record<Provider, TestFix> = {
  rds: setting('# parameter group of the instance or cluster, then reboot it\nrds.logical_replication = 1'),
  cloud_sql: setting('# flag of the instance, which restarts it\ncloudsql.logical_decoding = on'),
  azure: setting('# server parameter, then restart the server\nwal_level = LOGICAL'),
  neon: setting('# project settings › Logical replication › Enable'),
  supabase: setting('# it is on by default; restart the project if it was changed\nwal_level = logical'),
  own: sql("ALTER SYSTEM SET wal_level = 'logical';\n-- then restart the server"),
}

const rightOf = ({ superuser, replication, replication_role, username, provider }: ServerFacts): Verdict => {
  if (superuser) return warning('It may, as a superuser; a role of its own with only this right is safer.', roleFix)
  if (replication) return passed(`“${username}” has the REPLICATION attribute.`)
  if (replication_role) return passed(`“${username}” is a member of ${replication_role}.`)
  const grant = provider === 'rds' ? `GRANT rds_replication TO ${quoteIdent(username)};` : undefined
  return failed(
    `“${username}” has no right to replicate.`,
    sql(grant ?? `ALTER ROLE ${quoteIdent(username)} WITH REPLICATION;`),
  )
}

const roleFix = sql(
  "CREATE ROLE jackfield_cdc WITH LOGIN REPLICATION PASSWORD '<password>';\nGRANT SELECT ON ALL TABLES IN SCHEMA public TO jackfield_cdc;",
)

const slotsOf = ({ slots_max, slots_used }: ServerFacts): Verdict =>
  slots_used < slots_max
    ? passed(`${slots_used} of ${slots_max} slots are taken.`)
    : failed(
        `All ${slots_max} slots are taken. Drop one that nobody reads, or allow more.`,
        sql(`ALTER SYSTEM SET max_replication_slots = ${slots_max + 5};\n-- then restart the server`),
      )

const sendersOf = ({ senders_max, senders_used }: ServerFacts): Verdict =>
  senders_used < senders_max
    ? passed(`${senders_used} of ${senders_max} senders are busy.`)
    : failed(
        `All ${senders_max} senders are busy.`,
        sql(`ALTER SYSTEM SET max_wal_senders = ${senders_max + 5};\n-- then restart the server`),
      )

function publicationOf({ server, publication, tables, slot }: Facts, plan: ReplicationPlan): Verdict {
  const missing = tables.filter(({ published }) => !published).length
  if (publication?.all_tables) return passed('It exists and publishes every table.')
  if (publication && missing === 0) return passed('It exists and holds all chosen tables.')
  if (publication && !publication.owned) {
    return failed(
      `“${plan.publication}” exists, ${missing} chosen tables are missing, and it belongs to another role.`,
      sql(`ALTER PUBLICATION ${quoteIdent(plan.publication)} OWNER TO ${quoteIdent(server.username)};`),
    )
  }
  if (publication && slot) return warning(`It exists; ${missing} tables are added. Their rows of before are not sent.`)
  if (publication) return passed(`It exists; ${missing} tables are added.`)
  if (server.may_create) return passed('The login may create it in this database.')
  return failed(
    'The login may not create anything in this database.',
    sql(`GRANT CREATE ON DATABASE ${quoteIdent(server.database)} TO ${quoteIdent(server.username)};`),
  )
}

function slotOf({ server, slot }: Facts, plan: ReplicationPlan): Verdict {
  if (!slot) return passed(`“${plan.slot}” is not taken.`)
  if (slot.plugin !== 'pgoutput')
    return failed(`“${plan.slot}” exists with the plugin ${slot.plugin ?? 'none'}; choose another name.`)
  if (slot.database !== server.database)
    return failed(`“${plan.slot}” belongs to the database ${slot.database}; choose another name.`)
  if (slot.active)
    return warning(`“${plan.slot}” exists and somebody reads from it. Two readers of one slot miss changes.`)
  return passed(`“${plan.slot}” exists and is free to be read.`)
}

const standbyOf = ({ standby, version_num, hot_standby_feedback }: ServerFacts): Verdict => {
  if (!standby) return passed('It is the primary.')
  if (version_num < 160_000)
    return failed('It is a standby, which can decode from PostgreSQL 16 on. Connect to the primary.')
  if (hot_standby_feedback) return warning('It is a standby: make the publication on the primary, the slot here.')
  return failed(
    'It is a standby without hot_standby_feedback: the primary may remove what the slot still needs.',
    sql("ALTER SYSTEM SET hot_standby_feedback = 'on';\nSELECT pg_reload_conf();"),
  )
}

const keepOf = ({ slot_keep_mb, version_num }: ServerFacts): Verdict => {
  if (version_num < 130_000) return warning('This version has no limit; watch the lag of the slot.')
  if (slot_keep_mb > 0)
    return passed(`A slot keeps at most ${slot_keep_mb} MB; beyond that it is lost and the disk is safe.`)
  return warning(
    'A slot without a reader keeps changes until the disk is full. Set a limit, and watch its lag.',
    sql("ALTER SYSTEM SET max_slot_wal_keep_size = '50GB';\nSELECT pg_reload_conf();"),
  )
}

const transactionsOf = ({ oldest_transaction_s }: ServerFacts): Verdict =>
  oldest_transaction_s < 600
    ? passed('A new slot need not wait.')
    : warning(
        `A transaction is open for ${Math.round(oldest_transaction_s / 60)} minutes; a new slot waits until it ends.`,
        sql(
          "SELECT pid, usename, state, xact_start, query FROM pg_stat_activity\nWHERE xact_start < now() - interval '10 minutes';",
        ),
      )

/** What has to hold for one table. */
export const tableLine = (table: TableFacts, { server, publication }: Facts, plan: ReplicationPlan): TableLine => {
  const { schema, name } = table
  return {
    type: 'table',
    schema,
    name,
    identity: identityOf(table),
    ...judgeTable(table, server, { name: quoteIdent(plan.publication), isThere: publication !== null }),
  }
}

const identityOf = ({ identity, identity_index }: TableFacts): string => {
  if (identity === 'f') return 'whole row'
  if (identity === 'd' && identity_index) return 'primary key'
  if (identity === 'i' && identity_index) return `index ${identity_index}`
  return 'nothing'
}

interface Publication {
  /** Quoted. */
  name: string
  isThere: boolean
}

const judgeTable = (table: TableFacts, { username }: ServerFacts, publication: Publication): Verdict => {
  const name = qualified(table)
  if (table.kind === null) return failed('There is no such table, or the login cannot see it.')
  if (table.kind !== 'r' && table.kind !== 'p')
    return failed('Only tables send changes; this is a view or a foreign table.')
  if (table.persistence !== 'p') {
    return failed(
      'It is unlogged or temporary, so its changes are written nowhere.',
      sql(`ALTER TABLE ${name} SET LOGGED;`),
    )
  }
  if (!table.readable)
    return failed('The login may not read it.', sql(`GRANT SELECT ON ${name} TO ${quoteIdent(username)};`))
  if (!table.owned && !(publication.isThere && table.published)) {
    return failed(
      'Only its owner may publish it. Let the owner make the publication, or make this login a member of the owner.',
      sql(
        `${publication.isThere ? `ALTER PUBLICATION ${publication.name} ADD` : `CREATE PUBLICATION ${publication.name} FOR`} TABLE ${name}; -- as the owner`,
      ),
    )
  }
  if (identityOf(table) !== 'nothing') return passed(table.published ? 'Published.' : 'Ready to be published.')
  const fix = sql(`ALTER TABLE ${name} REPLICA IDENTITY FULL;`)
  return warning(
    'It has no key: updates and deletes fail once it is published. A step gives it the whole row as identity.',
    fix,
  )
}

export const qualified = ({ schema, name }: Pick<TableFacts, 'schema' | 'name'>): string =>
  `${quoteIdent(schema)}.${quoteIdent(name)}`
