import { Client } from 'pg'

/**
 * Connections as a large installation has them, in one workspace that exists: named after environment, system, subject and
 * number, most with a credential of their own and a test, a third used by pipelines, a few restricted, a few deleted.
 */
export const fillConnections = async (client: Client, workspace: string, total: number): Promise<void> => {
  for (const statement of statements) await client.query(statement, [workspace, total])
  await client.query('vacuum analyze')
}

const systems = 'postgres mysql snowflake orders warehouse billing crm events'
const subjects =
  'billing orders customers invoices payments shipping inventory marketing finance support analytics catalog pricing returns loyalty tracking'

const parts = `
  select g, 'conn_' || lpad(g::text, 26, '0') as id, 'cred_' || lpad(g::text, 26, '0') as credential,
    (array['prod', 'staging', 'dev', null])[1 + hashint4(g) & 3] as environment,
    (string_to_array('${systems}', ' '))[1 + (hashint4(g + 1) & 7)] as system,
    (string_to_array('${subjects}', ' '))[1 + (hashint4(g + 2) & 15)] as subject,
    (array['postgres', 'postgres', 'mysql', 's3', 'http', 'sftp', 'sqlite', 'generic'])[1 + (hashint4(g + 3) & 7)] as type,
    (hashint4(g + 4) & 63) as dice, (hashint4(g + 5) & 1023) as team
  from generate_series(1, $2::int) g where $1 <> ''`

const statements = [
  `insert into credentials (id, organization_id, workspace_id, name, name_key, type, kind, config, destination, environment, inline, created_by)
   select credential, w.organization_id, w.id, 'Login ' || g, 'login ' || g, 'database', 'database.password', '{"username": "etl"}',
     '{"scheme": "postgresql"}', environment, true, 'bench'
   from (${parts}) p, workspaces w where w.id = $1 and dice <> 0`,
  `insert into credential_versions (credential_id, version, envelope, key_id, fields, fingerprint, created_by)
   select id, 1, '\\x00', 'bench', array['password'], 'bench', 'bench' from credentials where workspace_id = $1 and $2 > 0`,
  `insert into connections (id, workspace_id, conn_id, name, name_key, type, role, config, summary, environment, tags, description,
     credential_id, restricted, ever_passed, created_by, updated_by, created_at, updated_at, deleted_at)
   select id, $1, n.slug, initcap(replace(n.slug, '-', ' ')), replace(n.slug, '-', ' '), type, case when dice % 3 = 0 then 'destination' else 'source' end,
     jsonb_build_object('host', n.host, 'port', 5432, 'database', system, 'schema', 'public', 'ssl_mode', 'verify-full'),
     n.host || ':5432/' || system, environment, array['team-' || team % 40, subject], null,
     case when dice <> 0 then credential end, dice = 1, dice > 4, 'bench', 'bench',
     timestamptz '2026-01-01' + make_interval(mins => g), timestamptz '2026-06-01' + make_interval(secs => abs(hashint4(g)) % 9000000),
     case when dice = 2 then now() end
   from (${parts}) p, lateral (
     select coalesce(environment || '-', '') || system || '-' || subject || '-' || g as slug,
       subject || '-' || g % 977 || '.' || system || '.eu-west-' || 1 + g % 3 || '.example.com' as host) n`,
  `insert into connection_tests (id, workspace_id, connection_id, settings_revision, credential_id, credential_version, success, message, driver,
     latency_ms, stages, created_by, created_at)
   select replace(id, 'conn', 'test'), workspace_id, id, case when n % 37 = 0 then 0 else 1 end, credential_id,
     case when credential_id is not null then 1 end, n % 23 <> 0, 'Connected successfully (pg)', 'pg', 1 + abs(hashint4(n)) % 4000 / 10.0, '[]', 'bench',
     timestamptz '2026-10-01' + make_interval(secs => abs(hashint4(n)) % 4000000)
   from (select *, (hashtext(id) & 65535) as n from connections where workspace_id = $1 and $2 > 0) c where n % 8 <> 0`,
  `update connections c set last_test_id = t.id from connection_tests t where t.connection_id = c.id and c.workspace_id = $1 and $2 > 0`,
  `insert into pipelines (id, workspace_id, key, name, definition)
   select 'pipe_' || lpad(g::text, 26, '0'), $1, 'pipeline-' || g, 'Pipeline ' || g, '{}' from generate_series(1, $2::int / 20) g`,
  `insert into pipeline_references (pipeline_id, pointer, conn_id, connection_id)
   select 'pipe_' || lpad((1 + abs(hashint4(n)) % ($2::int / 20))::text, 26, '0'), '/nodes/' || n || '/conn_id', conn_id, id
   from (select *, row_number() over ()::int as n from connections where workspace_id = $1) c,
     generate_series(1, hashtext(c.id) & 3) where hashtext(c.id) % 3 = 0
   on conflict do nothing`,
]

/** So many work at making tables, each on a part of its own. */
const makers = 2
const columnTypes = ['integer', 'text', 'timestamptz', 'numeric(12,2)', 'boolean', 'jsonb', 'uuid', 'varchar(120)']

interface CatalogShape {
  tables: number
  columns?: number
  /** The tables stand in these in turn: `area_0.table_0`, `area_1.table_1` … */
  schemas?: number
}

/**
 * A database full of empty tables with a key, two indexes, a foreign key and comments; answers its name. Only the system
 * catalogs are vacuumed, which is all that is read: 50,000 tables take about four minutes on two cores.
 */
export const makeCatalog = async (
  server: URL,
  { tables, columns = 20, schemas = 20 }: CatalogShape,
): Promise<string> => {
  const name = 'large_catalog'
  await ask(server, [`create database ${name}`])
  const url = Object.assign(new URL(server), { pathname: `/${name}` })
  await ask(
    url,
    each(schemas, (schema) => `create schema area_${schema}`),
  )
  const middle = each(columns - 2, (index) => {
    const required = index % 5 === 0 ? ' not null' : ''
    return `column_${index + 3} ${columnTypes[index % columnTypes.length]}${required}`
  }).join(', ')
  await Promise.all(each(makers, (maker) => makeTables(url, maker, { tables, schemas, middle })))
  await ask(url, [`update pg_class set reltuples = 0 where relkind = 'r' and reltuples < 0`, ...systemCatalogs])
  return name
}

const systemCatalogs =
  'pg_class pg_attribute pg_attrdef pg_constraint pg_index pg_description pg_depend pg_type pg_namespace pg_inherits pg_rewrite pg_shdepend'
    .split(' ')
    .map((catalog) => `vacuum analyze ${catalog}`)

/** A session remembers every table it made, so each makes only so many. */
const tablesOfSession = 1_000
const tablesOfTransaction = 50

const makeTables = async (url: URL, maker: number, { tables, schemas, middle }: TablesShape): Promise<void> => {
  const own = each(tables, (number) => number).filter((number) => number % makers === maker)
  for (let from = 0; from < own.length; from += tablesOfSession) {
    const statements = own.slice(from, from + tablesOfSession).map((number) => {
      const schema = `area_${number % schemas}`
      const table = `${schema}.table_${number}`
      // One that the same maker has made, in the same schema.
      const parent = number - makers * schemas
      const references = parent >= 0 ? ` references ${schema}.table_${parent}` : ''
      return `create table ${table} (id bigint primary key, parent_id bigint${references}, ${middle});
        create index on ${table} (parent_id); create index on ${table} (column_3, column_4);
        comment on table ${table} is 'Table number ${number}'; comment on column ${table}.column_3 is 'Third column of ${number}'; comment on column ${table}.column_4 is 'Fourth column of ${number}'`
    })
    const pieces = each(Math.ceil(statements.length / tablesOfTransaction), (piece) =>
      statements.slice(piece * tablesOfTransaction, (piece + 1) * tablesOfTransaction).join(';'),
    )
    await ask(url, pieces)
  }
}

interface TablesShape {
  tables: number
  schemas: number
  middle: string
}

const each = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

const ask = async (url: URL, statements: readonly string[]): Promise<void> => {
  const client = new Client({ connectionString: url.href })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}
