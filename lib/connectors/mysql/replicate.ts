import { AppError } from '#lib/core/errors'
import { encodeLine } from '#lib/core/ndjson'
import { quoteLiteral } from '../_sql/quote.ts'
import type { RelationName, ReplicateLine, ReplicateRequest, TestFix } from '../contract.ts'
import { type Rights, rightsOf } from './grants.ts'
import { explained, open } from './open.ts'
import { quoteName, textLiteral } from './quote.ts'
import type { Session } from './session.ts'
import type { MysqlTarget } from './target.ts'

type CheckLine = Extract<ReplicateLine, { type: 'check' }>
type Verdict = Pick<CheckLine, 'status' | 'sentence' | 'fix'>

/** Whether the server's binary log can feed change data capture. Its readers keep their own place: nothing is set up here. */
export async function* replicate(target: MysqlTarget, request: ReplicateRequest): AsyncGenerator<Uint8Array, void> {
  if (request.what !== 'check') {
    throw new AppError(
      'unprocessable',
      'MySQL keeps no slots: a reader of the binary log needs no set-up at the server.',
    )
  }
  let session: Session | undefined
  try {
    session = await open(target)
    const facts = await readFacts(session, target.config.database)
    for (const [id, label, judge] of checks) yield encodeLine({ type: 'check', id, label, ...judge(facts) })
    for (const table of request.plan.tables) yield encodeLine(await tableLine(session, table))
  } catch (error) {
    throw explained(error, target)
  } finally {
    session?.stream.destroy()
  }
}

interface Facts {
  variables: ReadonlyMap<string, string>
  rights: Rights
  account: string
}

const names = [
  'log_bin',
  'binlog_format',
  'binlog_row_image',
  'binlog_row_metadata',
  'binlog_expire_logs_seconds',
  'expire_logs_days',
  'server_id',
  'gtid_mode',
  'gtid_strict_mode',
]

const readFacts = async ({ query }: Session, database: string): Promise<Facts> => {
  const rows = await query(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map(textLiteral).join(', ')})`)
  const grants = await query('SHOW GRANTS').catch(() => [])
  const [me = {}] = await query('SELECT current_user() AS account')
  return {
    variables: new Map(
      rows.map((row) => Object.values(row).map(String)).map(([name, value]) => [name ?? '', value ?? '']),
    ),
    rights: rightsOf(
      grants.map((row) => String(Object.values(row)[0] ?? '')),
      database,
    ),
    account: String(me.account ?? ''),
  }
}

const passed = (sentence: string): Verdict => ({ status: 'passed', sentence, fix: null })
const warning = (sentence: string, fix: TestFix): Verdict => ({ status: 'warning', sentence, fix })
const failed = (sentence: string, fix: TestFix): Verdict => ({ status: 'failed', sentence, fix })
const option = (text: string): TestFix => ({
  kind: 'setting',
  text: `# my.cnf, then restart the server\n[mysqld]\n${text}`,
})
const sql = (text: string): TestFix => ({ kind: 'sql', text })

const checks: [id: string, label: string, judge: (facts: Facts) => Verdict][] = [
  [
    'log_bin',
    'Changes are written to the binary log',
    ({ variables }) =>
      isOn(variables.get('log_bin'))
        ? passed('log_bin is on.')
        : failed('log_bin is off: nothing can be captured.', option('log_bin = binlog\nserver_id = 1')),
  ],
  [
    'binlog_format',
    'Whole rows are written',
    ({ variables }) =>
      variables.get('binlog_format') === 'ROW'
        ? passed('binlog_format is ROW.')
        : failed(
            `binlog_format is ${variables.get('binlog_format') ?? 'unknown'}; statements instead of rows cannot be captured.`,
            sql("SET GLOBAL binlog_format = 'ROW'; -- and binlog_format = ROW in my.cnf"),
          ),
  ],
  [
    'binlog_row_image',
    'Rows are written with all columns',
    ({ variables }) =>
      (variables.get('binlog_row_image') ?? 'FULL') === 'FULL'
        ? passed('binlog_row_image is FULL.')
        : failed(
            `binlog_row_image is ${variables.get('binlog_row_image')}: columns that did not change are missing.`,
            sql("SET GLOBAL binlog_row_image = 'FULL'; -- and in my.cnf"),
          ),
  ],
  [
    'binlog_row_metadata',
    'Column names are written',
    ({ variables }) =>
      variables.get('binlog_row_metadata') === 'FULL'
        ? passed('binlog_row_metadata is FULL.')
        : warning(
            'Names of columns are not in the log; a reader looks them up and may mix them up after an ALTER TABLE.',
            sql("SET GLOBAL binlog_row_metadata = 'FULL'; -- and in my.cnf"),
          ),
  ],
  ['retention', 'The log is kept long enough', ({ variables }) => retentionOf(variables)],
  [
    'server_id',
    'The server has an id',
    ({ variables }) =>
      Number(variables.get('server_id') ?? 0) > 0
        ? passed(`server_id is ${variables.get('server_id')}.`)
        : failed('server_id is 0; no reader can attach.', option('server_id = 1')),
  ],
  ['replication_right', 'The login may read the log', ({ rights, account }) => rightOf(rights, account)],
]

const isOn = (value: string | undefined): boolean => value === 'ON' || value === '1'

const dayS = 86_400

const retentionOf = (variables: Facts['variables']): Verdict => {
  const seconds =
    Number(variables.get('binlog_expire_logs_seconds') ?? 0) || Number(variables.get('expire_logs_days') ?? 0) * dayS
  if (seconds === 0) return passed('It is kept until somebody removes it; watch the disk.')
  const hours = Math.round(seconds / 3_600)
  return seconds >= dayS
    ? passed(`It is kept for ${hours} hours.`)
    : warning(
        `It is kept for only ${hours} hours: a reader that pauses longer has to start anew.`,
        sql('SET GLOBAL binlog_expire_logs_seconds = 259200; -- three days; and in my.cnf'),
      )
}

// MariaDB says REPLICATION CLIENT as BINLOG MONITOR.
const mayFollow = ['REPLICATION SLAVE', 'REPLICATION REPLICA']
const maySee = ['REPLICATION CLIENT', 'BINLOG MONITOR']

const rightOf = ({ known, global, all_on_everything }: Rights, account: string): Verdict => {
  const grant = sql(`GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${accountLiteral(account)};`)
  if (!known) return warning('The server does not tell what the login may do.', grant)
  const has = (some: readonly string[]) => all_on_everything || some.some((right) => global.includes(right))
  if (has(mayFollow) && has(maySee)) return passed('It may follow the log and see where it ends.')
  return failed(has(mayFollow) ? 'It may not see where the log ends.' : 'It may not follow the log.', grant)
}

const accountLiteral = (account: string): string => {
  const at = account.lastIndexOf('@')
  return `${quoteLiteral(account.slice(0, at))}@${quoteLiteral(account.slice(at + 1))}`
}

const tableLine = async ({ query }: Session, { schema, name }: RelationName): Promise<ReplicateLine> => {
  const where = `table_schema = ${textLiteral(schema)} AND table_name = ${textLiteral(name)}`
  const [found] = await query(`SELECT table_type AS kind, engine FROM information_schema.tables WHERE ${where}`)
  // The table of constraints shows nothing to a login that may only read.
  const keys = await query(`SELECT 1 FROM information_schema.statistics WHERE ${where} AND index_name = 'PRIMARY'`)
  const identity = keys.length > 0 ? 'primary key' : 'nothing'
  return {
    type: 'table',
    schema,
    name,
    identity,
    ...judgeTable(found, identity, `${quoteName(schema)}.${quoteName(name)}`),
  }
}

const judgeTable = (found: Record<string, unknown> | undefined, identity: string, name: string): Verdict => {
  if (!found) return { status: 'failed', sentence: 'There is no such table, or the login cannot see it.', fix: null }
  if (found.kind !== 'BASE TABLE')
    return { status: 'failed', sentence: 'Only tables write changes; this is a view.', fix: null }
  if (identity === 'nothing') {
    return warning(
      'It has no primary key: updates and deletes can only be matched by the whole row.',
      sql(`ALTER TABLE ${name} ADD COLUMN id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY;`),
    )
  }
  return passed('Ready to be captured.')
}
