import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { constants, DatabaseSync } from 'node:sqlite'
import type { LocalFile, TestOutcome } from '../../contract.ts'
import { openDatabase } from '../database.ts'
import { driver } from '../driver.ts'
import type { SqliteTarget } from '../target.ts'

// A registry whose driver does with a file, in the real runner, what an attacker would.
type Target = SqliteTarget & { config: { path: string; do: string; given: never } }

const attempt = async (work: () => unknown): Promise<string> => {
  try {
    return `did: ${JSON.stringify(await work()).slice(0, 200)}`
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : error}`
  }
}

const open = ({ file, openFiles }: Target) => {
  if (!file || 'problem' in file || !openFiles) throw new Error('no file')
  return openDatabase(file, openFiles)
}

const acts: Record<string, (target: Target) => Promise<unknown>> = {
  /** Statements as if somebody had smuggled them in. */
  sql: async (target) => {
    const db = open(target)
    const given: string[] = target.config.given
    const answers: Record<string, string> = {}
    for (const statement of given) {
      answers[statement] = await attempt(() => {
        const found = db.prepare(statement).all()
        db.exec(statement)
        return found
      })
    }
    answers.enable = await attempt(() => db.enableLoadExtension(true))
    return answers
  },
  /** Statements as people send them, through the driver. */
  queries: async (target) => {
    const given: string[] = target.config.given
    const answers: Record<string, string> = {}
    for (const sql of given)
      answers[sql] = await answerTo({ ...target, config: { ...target.config, path: 'x.db' } }, sql)
    return answers
  },
  /** The same where nobody is asked what is allowed. */
  unguarded: async ({ file, openFiles, config }) => {
    if (!file || 'problem' in file || !openFiles) throw new Error('no file')
    const given: string[] = config.given
    const answers: Record<string, string> = {}
    for (const statement of given) {
      const db = openDatabase(file, openFiles, () => constants.SQLITE_OK)
      answers[statement] = await attempt(() => db.exec(statement))
      db.close()
    }
    return answers
  },
  /** What the process can do beside its database. */
  reach: async ({ config }) => {
    const { port, secret, place }: { port: number; secret: string; place: string } = config.given
    const dial = () =>
      new Promise((resolve, reject) => {
        connect(port, '127.0.0.1', () => resolve('connected')).on('error', reject)
      })
    return {
      tcp: await attempt(dial),
      fetch: await attempt(async () => (await fetch(`http://127.0.0.1:${port}/`)).status),
      udp: await attempt(() => createSocket('udp4').send('x', port, '127.0.0.1')),
      dns: await attempt(() => lookup('localhost')),
      read: await attempt(() => readFileSync(secret, 'utf8')),
      write: await attempt(() => writeFileSync(place, 'x')),
      spawn: await attempt(
        () =>
          new Promise((resolve, reject) =>
            spawn('/bin/true')
              .once('error', reject)
              .once('spawn', () => resolve(1)),
          ),
      ),
      environment: await attempt(() => Object.keys(process.env).sort()),
      // SQLite itself knows no permissions of Node; what holds it is the system.
      database: await attempt(() => new DatabaseSync(place).exec('create table t (a); insert into t values (1)')),
    }
  },
  /** Two rows to the power of forty, of a table that may be read. */
  endless: async (target) => {
    const tables = Array.from({ length: 40 }, (_, index) => `sqlite_schema as s${index}`)
    return open(target).prepare(`select count(*) from ${tables.join()}`).all()
  },
  memory: async () => {
    const kept: Buffer[] = []
    for (;;) kept.push(Buffer.alloc(64 * 1024 * 1024, 1))
  },
  /** The real driver on one file after the other, so that thousands take seconds. */
  many: async (target) => {
    const given: { file: LocalFile }[] = target.config.given
    const codes: Record<string, number> = {}
    for (const { file } of given) {
      const code = await outcomeOf({ ...target, config: { ...target.config, path: 'x.db' }, file })
      codes[code] = (codes[code] ?? 0) + 1
    }
    return codes
  },
}

const limits = { rows: 100, bytes: 100_000, cell_bytes: 1_000, columns: 100, timeout_ms: 5_000 }

const answerTo = async (target: SqliteTarget, sql: string): Promise<string> => {
  let last = ''
  try {
    const request = { sql, parameters: [], mode: 'read' as const, limits }
    for await (const bytes of driver.query(target, request)) last = Buffer.from(bytes).toString()
  } catch (error) {
    return `refused: ${error}`
  }
  return last.includes('{"failed":') ? `refused: ${last}` : `did: ${last}`
}

const outcomeOf = async (target: SqliteTarget): Promise<string> => {
  const run = driver.test(target)
  let outcome: TestOutcome | undefined
  for (let next = await run.next(); ; next = await run.next()) {
    if (!next.done) continue
    outcome = next.value
    break
  }
  const code = outcome.cause?.code ?? 'passed'
  if (outcome.cause && !/^[A-Z“].*\.$/s.test(outcome.cause.sentence)) return `no sentence: ${code}`
  try {
    for await (const _ of driver.discover(target, { what: 'relations', detail: 'full' }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AppError') return `crashed: ${error}`
  }
  return code
}

export const drivers = {
  sqlite: async () => ({
    driver: {
      // biome-ignore lint/correctness/useYield: it has nothing to say on the way.
      async *test(target: Target) {
        const server = await acts[target.config.do]?.(target)
        return { success: true, message: '', driver: 'attacker', server, cause: null, latency_ms: 0 }
      },
    },
  }),
}
