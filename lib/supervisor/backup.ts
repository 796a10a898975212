import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { Client, escapeIdentifier } from 'pg'
import * as z from 'zod'

// A backup is gzipped lines: a manifest, the rows of each table as PostgreSQL writes them, and a last line that proves
// that nothing is missing. Made with plain queries, because nothing but our own PostgreSQL client is sure to be here.

const manifestLine = z.object({
  backup: z.literal('jackfield'),
  format: z.literal(1),
  made_at: z.string(),
  migrations: z.array(z.string()),
  /** Ids of the keys that open what is inside, and how much each does. Never a key. */
  keys: z.array(z.object({ id: z.string(), secrets: z.int() })),
})
export type BackupManifest = z.output<typeof manifestLine>
const tableLine = z.object({ table: z.string(), columns: z.array(z.string()) })
const rowLine = z.object({ row: z.string() })
const endLine = z.object({ end: z.literal(true), rows: z.int() })
const anyLine = z.union([rowLine, tableLine, endLine])

const batchSize = 500

/** Writes one moment of the database to a new file that only its owner can read. Answers what is in it. */
export const createBackup = (url: string, file: string): Promise<{ manifest: BackupManifest; rows: number }> =>
  withClient(url, async (client) => {
    await client.query('begin isolation level repeatable read read only')
    const manifest = await manifestOf(client)
    const tables = await tablesOf(client)
    let rows = 0
    async function* lines() {
      yield lineOf(manifest)
      for (const table of tables) {
        yield lineOf(table)
        for await (const row of rowsOf(client, table.table)) {
          rows++
          yield lineOf({ row })
        }
      }
      yield lineOf({ end: true, rows })
    }
    await pipeline(
      Readable.from(lines()),
      createGzip(),
      createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }),
    )
    return { manifest, rows }
  })

/** Reads a backup to its end, writes nothing; throws a sentence if it is not whole. */
export const checkBackup = async (file: string): Promise<{ manifest: BackupManifest; rows: number }> => {
  const { manifest, lines } = await openBackup(file)
  let rows = 0
  for await (const line of lines) if ('row' in line) rows++
  return { manifest, rows }
}

/** Fills an empty database of the same version, whole or not at all. `heldKeys`: the ids of the keys that are here. */
export const restoreBackup = async (url: string, file: string, heldKeys: readonly string[]): Promise<number> => {
  const { manifest } = await checkBackup(file)
  requireKeys(manifest, heldKeys)
  return withClient(url, async (client) => {
    await client.query('begin')
    await requireRoom(client, manifest)
    const putBack = await takeAwayConstraints(client)
    const rows = await fill(client, file)
    await putBack()
    await client.query('commit')
    return rows
  })
}

/** Before anything is written: a database whose secrets nobody can open is no restored database (ENC-18). */
export const requireKeys = ({ keys }: BackupManifest, held: readonly string[]): void => {
  const missing = keys.filter(({ id }) => !held.includes(id))
  if (missing.length === 0) return
  const list = missing.map(({ id, secrets }) => `${id} (${secrets} secrets)`).join(', ')
  throw new Error(`Nothing was restored: these keys are not here: ${list}. Put them into the keys folder first.`)
}

const withClient = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    // What is written as text must be read as the same, whatever the server's habits.
    await client.query(
      "set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set bytea_output = 'hex'; set extra_float_digits = 1",
    )
    return await work(client)
  } finally {
    await client.end()
  }
}

const lineOf = (value: object): string => `${JSON.stringify(value)}\n`

const manifestOf = async (client: Client): Promise<BackupManifest> => {
  const keys = await client.query<{ id: string; secrets: number }>(
    `select key_id as id, count(*)::int as secrets from (
       select key_id from credential_versions where envelope is not null
       union all select key_id from audit_sinks where envelope is not null) sealed
     group by 1 order by 1`,
  )
  const made_at = new Date().toISOString()
  return { backup: 'jackfield', format: 1, made_at, migrations: await migrationsOf(client), keys: keys.rows }
}

const migrationsOf = async (client: Client): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    'select migration_name as name from _prisma_migrations where rolled_back_at is null order by 1',
  )
  return rows.map(({ name }) => name)
}

const tablesOf = async (client: Client): Promise<z.output<typeof tableLine>[]> => {
  const { rows } = await client.query<{ table: string; columns: string[] }>(`
    select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = ''
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> '_prisma_migrations'
    group by 1 order by 1`)
  return rows
}

async function* rowsOf(client: Client, table: string): AsyncGenerator<string> {
  await client.query(`declare backup_rows no scroll cursor for select t::text as row from ${escapeIdentifier(table)} t`)
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${batchSize} from backup_rows`)
    if (rows.length === 0) break
    for (const { row } of rows) yield row
  }
  await client.query('close backup_rows')
}

const openBackup = async (file: string) => {
  const source = createReadStream(file)
  const text = createInterface({ input: source.pipe(createGunzip()), crlfDelay: Number.POSITIVE_INFINITY })
  // A broken archive ends the reading; that the last line is missing says so.
  const all = linesOf(file, text)
  const first = await all.next()
  const manifest = manifestLine.safeParse(first.value)
  if (!manifest.success) throw notWhole(file)
  return { manifest: manifest.data, lines: rest(file, all) }
}

async function* linesOf(file: string, text: AsyncIterable<string>): AsyncGenerator<unknown> {
  for await (const line of text) {
    try {
      yield JSON.parse(line)
    } catch {
      throw notWhole(file)
    }
  }
}

async function* rest(file: string, lines: AsyncGenerator<unknown>) {
  let rows = 0
  for await (const line of lines) {
    const parsed = anyLine.parse(line)
    if ('end' in parsed) {
      if (parsed.rows === rows) return
      break
    }
    if ('row' in parsed) rows++
    yield parsed
  }
  throw notWhole(file)
}

const notWhole = (file: string) => new Error(`${file} is no whole backup of Jackfield.`)

const requireRoom = async (client: Client, manifest: BackupManifest): Promise<void> => {
  if ((await migrationsOf(client)).join() !== manifest.migrations.join()) {
    throw new Error('The backup was made by another version of Jackfield. Restore it with that version, then upgrade.')
  }
  for (const { table } of await tablesOf(client)) {
    const { rowCount } = await client.query(`select from ${escapeIdentifier(table)} limit 1`)
    if (rowCount !== 0) throw new Error(`The database is not empty (${table}). Restore into a new one.`)
  }
}

/** Foreign keys and triggers judge single changes; a whole database is put back at once and judged at its end. */
const takeAwayConstraints = async (client: Client): Promise<() => Promise<void>> => {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(`
    select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace`)
  const tables = (await tablesOf(client)).map(({ table }) => escapeIdentifier(table))
  for (const { table, name } of rows) await client.query(`alter table ${table} drop constraint ${name}`)
  for (const table of tables) await client.query(`alter table ${table} disable trigger user`)
  return async () => {
    for (const table of tables) await client.query(`alter table ${table} enable trigger user`)
    for (const { table, name, definition } of rows) {
      await client.query(`alter table ${table} add constraint ${name} ${definition}`)
    }
  }
}

const fill = async (client: Client, file: string): Promise<number> => {
  const known = new Map((await tablesOf(client)).map(({ table, columns }) => [table, columns.join()]))
  let [total, table, batch] = [0, '', [] as string[]]
  const flush = async () => {
    if (batch.length === 0) return
    const name = escapeIdentifier(table)
    await client.query(`insert into ${name} select (r::${name}).* from unnest($1::text[]) r`, [batch])
    total += batch.length
    batch = []
  }
  for await (const line of (await openBackup(file)).lines) {
    if ('row' in line) batch.push(line.row)
    else if ('table' in line) {
      await flush()
      if (known.get(line.table) !== line.columns.join()) throw new Error(`The table ${line.table} is another one here.`)
      table = line.table
    }
    if (batch.length === batchSize) await flush()
  }
  await flush()
  return total
}
