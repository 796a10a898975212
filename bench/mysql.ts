import { createConnection } from 'mysql2/promise'
import { hasMariaDb, startMariaDb } from '#lib/connectors/mysql/testing/mariadb'
import { createRunnerPool, type RunnerPool } from '#lib/runner/pool'
import { alternate, type Figure } from './harness.ts'

const tables = Number(process.env.BENCH_TABLES ?? 10_000)
const columns = 20
const rounds = 5

interface Place {
  port: number
  username: string
  password: string
}

/** Discovery of a large MariaDB beside bare `mysql2` asking the same of the same server, in turn. */
export const run = async (): Promise<Figure[]> => {
  if (!hasMariaDb) return []
  const policy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
  const pool = createRunnerPool({ max: 1, policy, log: console.error })
  const server = await startMariaDb(['--innodb-file-per-table=0'])
  const place = { port: server.port, ...server.admin }
  try {
    await buildCatalog(place)
    return [
      await measure('names and row counts of', place, pool, 'names', bareNames),
      await measure('columns of', place, pool, 'columns', bareColumns),
    ]
  } finally {
    await pool.stop()
    await server.stop()
  }
}

const connect = ({ port, username: user, password }: Place) =>
  createConnection({ host: '127.0.0.1', port, user, password, disableEval: true })

const buildCatalog = async (place: Place): Promise<void> => {
  const connection = await connect(place)
  await connection.query('CREATE DATABASE wide')
  const types = ['int', 'varchar(40)', 'decimal(10,2)', 'datetime', 'text']
  const definitions = Array.from(
    { length: columns - 1 },
    (_, index) => `c_${index} ${types[index % types.length]}${index % 4 === 0 ? ' NOT NULL' : ''}`,
  )
  for (let table = 0; table < tables; table++)
    await connection.query(
      `CREATE TABLE wide.t_${String(table).padStart(5, '0')} (id bigint PRIMARY KEY, ${definitions.join(', ')}) COMMENT 'table ${table}'`,
    )
  await connection.end()
}

const limits = { connect_ms: 10_000, tls_ms: 5000, auth_ms: 10_000, total_ms: 120_000, bytes: 1e9 }

const measure = async (
  name: string,
  place: Place,
  pool: RunnerPool,
  detail: string,
  statements: string[],
): Promise<Figure> => {
  const job = {
    connector: 'mysql',
    config: { host: '127.0.0.1', port: place.port, database: 'wide', ssl_mode: 'disable' },
    credential: { kind: 'database.password', username: place.username, password: place.password },
    limits,
    job: { capability: 'discover', request: { what: 'relations', schema: 'wide', detail } },
  } as const
  const ours = async () => {
    const running = pool.run(job, { signal: new AbortController().signal })
    let lines = 0
    for await (const bytes of running) lines += bytes.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0)
    const { error } = await running.end
    if (error || lines < tables) throw new Error(`${lines} relations, ${error?.message}`)
  }
  const floor = async () => {
    const connection = await connect(place)
    for (const statement of statements) await connection.query({ sql: statement, rowsAsArray: true })
    await connection.end()
  }
  const measured = await alternate(rounds, ours, floor)
  return {
    name: `discovery on MariaDB: ${name} ${tables} tables × ${columns} columns`,
    unit: 'ms',
    ours: measured.ours,
    floor: { name: 'the same of information_schema through bare mysql2', values: measured.floor },
  }
}

const bareNames = [
  `SELECT table_schema, table_name, table_type, table_comment, table_rows, create_options FROM information_schema.tables
  WHERE table_schema = 'wide' ORDER BY table_name`,
]
const bareColumns = [
  ...bareNames,
  `SELECT table_schema, table_name, column_name, column_type, is_nullable, column_key FROM information_schema.columns
  WHERE table_schema = 'wide' ORDER BY table_name, ordinal_position`,
]
