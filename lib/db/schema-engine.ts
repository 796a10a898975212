import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  type ColumnType,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlQuery,
} from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { Client, DatabaseError, Pool, type QueryResult, types } from 'pg'

/**
 * Prisma's own schema engine on this database, for the time of `work`. It is the WebAssembly build: the usual one
 * is a program that Prisma downloads, and nothing here may depend on a download.
 */
export const withSchemaEngine = async <T>(url: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> => {
  const engineClass = await loadEngine()
  const main = openPool(url)
  const pools = [main]
  const shadow = async () => {
    const pool = openPool(await createShadow(url))
    pools.push(pool)
    return openAdapter(pool)
  }
  // The adapter's own shadow database would be opened under the name inside the connection string.
  const factory = Object.assign(new PrismaPg(main), { connect: () => openAdapter(main), connectToShadowDb: shadow })
  try {
    return await work(
      await engineClass.new(
        { datamodels: readSchema().map(({ path, content }): [string, string] => [path, content]) },
        () => {},
        bindMigrationAwareSqlAdapterFactory(factory),
      ),
    )
  } finally {
    await Promise.all(pools.map((pool) => pool.end()))
  }
}

/** Every file of the Prisma schema, as the engine wants it. */
export const readSchema = (): { path: string; content: string }[] =>
  readdirSync(schemaFolder)
    .filter((file) => file.endsWith('.prisma'))
    .sort()
    .map((file) => path.join(schemaFolder, file))
    .map((file) => ({ path: file, content: readFileSync(file, 'utf8') }))

const schemaFolder = path.join(import.meta.dirname, '../../prisma/schema')

const openPool = (url: string): Pool => new Pool({ connectionString: url, max: 2 }).on('error', () => {})

const createShadow = async (url: string): Promise<string> => {
  const name = `shadow_${crypto.randomUUID().replaceAll('-', '')}`
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

/** Prisma's adapter with the two repairs that migrations need. */
const openAdapter = async (pool: Pool): Promise<SqlDriverAdapter> => {
  announceCharAsUuid(pool)
  const adapter = await new PrismaPg(pool).connect()
  const queryRaw = adapter.queryRaw.bind(adapter)
  return Object.assign(adapter, {
    queryRaw: async (given: SqlQuery) => {
      const result = await queryRaw(given)
      const asCharacter = (type: ColumnType) => (type === ColumnTypeEnum.Uuid ? ColumnTypeEnum.Character : type)
      return { ...result, columnTypes: result.columnTypes.map(asCharacter) }
    },
    executeScript: (script: string) => executeAtOnce(pool, script),
  })
}

// The engine wants the catalog's one-byte type "char" as a character, and the adapter refuses to name it.
// Until the adapter has seen the answer it stands in as uuid, which no column of the catalog is.
const announceCharAsUuid = (pool: Pool): void => {
  const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<QueryResult>
  const renamed = async (...given: unknown[]): Promise<QueryResult> => {
    const result = await query(...given)
    for (const field of result.fields ?? []) {
      if (field.dataTypeID === types.builtins.CHAR) field.dataTypeID = types.builtins.UUID
    }
    return result
  }
  Object.assign(pool, { query: renamed })
}

// The adapter cuts a script at every semicolon, also inside strings and functions, and stops half-way at an error.
// Sent as one message it is one transaction: a migration happens as a whole or not at all.
const executeAtOnce = async (pool: Pool, script: string): Promise<void> => {
  try {
    await pool.query(script)
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    const { code = 'XX000', severity = 'ERROR', message, detail, hint, column } = error
    throw new DriverAdapterError({
      kind: 'postgres',
      code,
      severity,
      message,
      detail,
      hint,
      column,
      originalCode: code,
      originalMessage: message,
    })
  }
}

type EngineClass = typeof SchemaEngine
let loaded: Promise<EngineClass> | undefined

const loadEngine = (): Promise<EngineClass> => {
  loaded ??= instantiate()
  return loaded
}

// Written for bundlers, so the module is put together by hand.
const instantiate = async (): Promise<EngineClass> => {
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'))
  const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg' as string)) as EngineGlue
  const module = new WebAssembly.Module(readFileSync(path.join(folder, 'schema_engine_bg.wasm')))
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(exports)
  ;(exports as { __wbindgen_start(): void }).__wbindgen_start()
  return glue.SchemaEngine
}

type EngineGlue = WebAssembly.ModuleImports & {
  SchemaEngine: EngineClass
  __wbg_set_wasm(exports: WebAssembly.Exports): void
}
