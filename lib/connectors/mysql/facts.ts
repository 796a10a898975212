import { Failure } from './failure.ts'
import { flavourOf, readableVersion } from './flavour.ts'
import { type Rights, rightsOf } from './grants.ts'
import { textLiteral } from './quote.ts'
import type { Session } from './session.ts'

/** What a few round trips tell about the server, the account and what it may do in the database. */
export interface Facts {
  version: string
  flavour: string
  /** The account that the server chose, e.g. `etl@10.0.0.%`. */
  account: string
  /** Where the server sees us come from. */
  client: string
  read_only: boolean
  sql_mode: string
  time_zone: string
  charset: string
  tables: number
  rights: Rights
}

export const readFacts = async ({ query, greeting }: Session, database: string): Promise<Facts> => {
  // Not as @@names: a server or proxy that lacks one would refuse the whole question.
  const variables = new Map(
    (await query(`SHOW VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`)).map(
      (row) => {
        const [name, value] = Object.values(row).map(String)
        return [name?.toLowerCase() ?? '', value ?? '']
      },
    ),
  )
  const [me = {}] = await query('SELECT current_user() AS account, user() AS login')
  // Whoever nods at everything is no server.
  if (typeof me.account !== 'string') throw new Failure('query.failed')
  const [count = {}] = await query(
    `SELECT count(*) AS tables FROM information_schema.tables WHERE table_schema = ${textLiteral(database)}`,
  )
  // Some proxies do not know the statement; then nothing is said about rights.
  const grants = await query('SHOW GRANTS').catch(() => [])
  const version = variables.get('version') ?? greeting.version
  const zone = variables.get('time_zone') ?? ''
  return {
    version: readableVersion(version),
    flavour: flavourOf(version, variables.get('version_comment')),
    account: String(me.account ?? ''),
    client: String(me.login ?? '').replace(/^.*@/s, ''),
    read_only: ['read_only', 'super_read_only', 'innodb_read_only'].some((name) => isOn(variables.get(name))),
    sql_mode: variables.get('sql_mode') ?? '',
    time_zone: zone === 'SYSTEM' ? `SYSTEM (${variables.get('system_time_zone') ?? ''})` : zone,
    charset: variables.get('character_set_database') ?? '',
    tables: Number(count.tables ?? 0),
    rights: rightsOf(
      grants.map((row) => String(Object.values(row)[0] ?? '')),
      database,
    ),
  }
}

const names = [
  'version',
  'version_comment',
  'sql_mode',
  'time_zone',
  'system_time_zone',
  'read_only',
  'super_read_only',
  'innodb_read_only',
  'character_set_database',
]

const isOn = (value: string | undefined): boolean => value !== undefined && !/^(?:0|off|no|none)$/i.test(value)
