import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { startEmbedded } from '#lib/db/embedded'
import { createRunnerPool, type RunnerPool } from '#lib/runner/pool'
import { makeCatalog } from './fixture.ts'
import { alternate, type Figure } from './harness.ts'

export const tables = Number(process.env.BENCH_TABLES ?? 10_000)
const columns = 20
const rounds = 7

/** Discovery of a large catalog and the overhead of a test, each beside bare `pg` on the same server, in turn. */
export const run = async (): Promise<Figure[]> => {
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-bench-'))
  const given = process.env.BENCH_DATABASE_URL
  const server = given
    ? undefined
    : await startEmbedded({
        home,
        name: 'database',
        port: 0,
        durable: false,
        settings: { shared_buffers: '512MB', max_locks_per_transaction: '20000', jit: 'off' },
      })
  const url = new URL(given ?? server?.adminUrl() ?? '')
  const policy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
  const pool = createRunnerPool({ max: 1, policy, log: console.error })
  try {
    if (!given) url.pathname = `/${await makeCatalog(url, { tables })}`
    return [
      await measure('columns of', url, pool, 'columns', packedColumns),
      await measure('everything about', url, pool, 'full', packedEverything),
      await measureTest(url, pool),
    ]
  } finally {
    await pool.stop()
    await server?.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

const limits = { connect_ms: 10_000, tls_ms: 5000, auth_ms: 10_000, total_ms: 60_000, bytes: 1e9 }

const targetOf = (url: URL) => ({
  connector: 'postgres',
  config: {
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    schema: 'public',
    ssl_mode: 'disable',
  },
  credential: {
    kind: 'database.password',
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  },
  limits,
})

const measure = async (name: string, url: URL, pool: RunnerPool, detail: string, floorSql: string): Promise<Figure> => {
  const ours = async () => {
    const job = pool.run(
      { ...targetOf(url), job: { capability: 'discover', request: { what: 'relations', detail } } },
      { signal: new AbortController().signal },
    )
    let lines = 0
    for await (const bytes of job) lines += countLines(bytes)
    const end = await job.end
    if (end.error || lines < tables) throw new Error(`${lines} relations, ${end.error?.message}`)
  }
  const floor = async () => {
    const client = new Client({ connectionString: url.href })
    await client.connect()
    const { rows } = await client.query({ text: floorSql, rowMode: 'array' })
    await client.end()
    if (rows.length < tables) throw new Error(`${rows.length} relations`)
  }
  const measured = await alternate(rounds, ours, floor)
  return {
    name: `discovery: ${name} ${tables} tables × ${columns} columns`,
    unit: 'ms',
    ours: measured.ours,
    floor: { name: 'one packed catalog query through bare pg', values: measured.floor },
    limit: { kind: 'ratio', max: 1.5 },
  }
}

const countLines = (bytes: Uint8Array): number => {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1
  return lines
}

const measureTest = async (url: URL, pool: RunnerPool): Promise<Figure> => {
  const ours = async () => {
    const job = pool.run({ ...targetOf(url), job: { capability: 'test' } }, { signal: new AbortController().signal })
    for await (const _ of job);
    const { value, error } = await job.end
    if (error || !(value as { success: boolean }).success) throw new Error(`the test failed: ${JSON.stringify(value)}`)
  }
  const floor = async () => {
    const client = new Client({ connectionString: url.href })
    await client.connect()
    await client.query('select version(), current_user')
    await client.end()
  }
  const measured = await alternate(30, ours, floor)
  return {
    name: 'connection test: all stages, in a runner',
    unit: 'ms',
    ours: measured.ours,
    floor: { name: 'bare pg connect and one query', values: measured.floor },
  }
}

const kinds = `('r', 'v', 'm', 'f', 'p')`
const userSchemas = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`
const packed = `string_agg(attname::text || e'\\x1e' || atttypid::text || e'\\x1e' || atttypmod::text || e'\\x1e' || attnotnull::int::text, e'\\x1f')`

/** The least a catalog query can do for the columns: one row per relation, columns packed in the order of their index. */
const packedColumns = `select c.oid::int, c.relnamespace::int, c.relname, c.relkind, a.packed
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join (select attrelid, ${packed} as packed from (
    select attrelid, attname, atttypid, atttypmod, attnotnull from pg_attribute
    where attnum > 0 and not attisdropped and attrelid in (select oid from pg_class where relkind in ${kinds}) order by attrelid, attnum
  ) sorted group by attrelid) a on a.attrelid = c.oid
  where c.relkind in ${kinds} and ${userSchemas}`

/** And for columns, keys, indexes and comments together. */
export const packedEverything = `with rel as (
    select c.oid, c.relnamespace::int, c.relname, c.relkind, c.reltuples from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ${kinds} and ${userSchemas}),
  col as (select attrelid, ${packed} as packed from (
    select attrelid, attname, atttypid, atttypmod, attnotnull from pg_attribute
    where attnum > 0 and not attisdropped and attrelid in (select oid from rel) order by attrelid, attnum) sorted group by attrelid),
  con as (select conrelid, string_agg(contype::text || ':' || conname || ':' || array_to_string(conkey, ',') || ':' || confrelid::int || ':'
    || coalesce(array_to_string(confkey, ','), ''), e'\\x1f') as packed from pg_constraint where conrelid > 0 group by 1),
  idx as (select i.indrelid, string_agg(ic.relname || ':' || i.indisunique::int || ':' || i.indkey::text, e'\\x1f') as packed
    from pg_index i join pg_class ic on ic.oid = i.indexrelid group by 1),
  des as (select objoid, string_agg(objsubid || ':' || description, e'\\x1f') as packed from pg_description
    where classoid = 'pg_class'::regclass group by 1)
  select rel.*, col.packed, con.packed, idx.packed, des.packed from rel left join col on col.attrelid = rel.oid
  left join con on con.conrelid = rel.oid left join idx on idx.indrelid = rel.oid left join des on des.objoid = rel.oid`
