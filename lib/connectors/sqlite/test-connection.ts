import type { DatabaseSync } from 'node:sqlite'
import { causeOf, isFailureOf } from '../_test/failure.ts'
import { type StageResult, since } from '../_test/stages.ts'
import type { LocalFile, TestOutcome, TestStage } from '../contract.ts'
import { causes } from './causes.ts'
import { Failure, plain, stage } from './failure.ts'
import { headerOf } from './header.ts'
import { contextOf, databaseOf, fileOf, type SqliteTarget } from './target.ts'

/** Larger files are not read through in a test. */
const checkedBytesMax = 64 * 1024 * 1024

/** The staged test: yields every stage as it goes and returns one outcome, whatever the file holds. */
export async function* testConnection(target: SqliteTarget): AsyncGenerator<TestStage, TestOutcome> {
  let db: DatabaseSync | undefined
  try {
    const began = performance.now()
    const file = yield* stage('open', async () => look(fileOf(target)))
    const opened = yield* stage('database', async () => examine(databaseOf(target, file), file))
    db = opened.db
    const latency_ms = since(began)
    const { server } = opened
    yield* stage('schema', async () => count(opened.db))
    yield* stage('grants', async () => grants(file))
    return {
      success: true,
      message: 'Connected successfully (sqlite)',
      driver: 'sqlite',
      server,
      cause: null,
      latency_ms,
    }
  } catch (error) {
    if (!isFailureOf(causes, error)) throw error
    const cause = causeOf(causes, error, contextOf(target))
    return { success: false, message: cause.sentence, driver: 'sqlite', server: null, cause, latency_ms: null }
  } finally {
    db?.close()
  }
}

const look = (file: LocalFile): StageResult<LocalFile> => ({
  value: file,
  sentence: `The file has ${file.size_bytes.toLocaleString('en')} bytes and was last changed at ${file.modified_at}.`,
  evidence: { path: file.path, size_bytes: file.size_bytes, modified_at: file.modified_at, beside: file.beside },
})

const examine = (
  db: DatabaseSync,
  file: LocalFile,
): StageResult<{ db: DatabaseSync; server: NonNullable<TestOutcome['server']> }> => {
  try {
    const server = {
      version: String(factOf(db, 'select sqlite_version()')),
      encoding: String(factOf(db, 'pragma encoding')),
      // Without a log it is opened as unchangeable, and SQLite then says nothing of one.
      journal_mode: headerOf(file).isWal ? 'wal' : String(factOf(db, 'pragma journal_mode')),
      pages: Number(factOf(db, 'pragma page_count')),
      page_size: Number(factOf(db, 'pragma page_size')),
    }
    const isChecked = file.size_bytes <= checkedBytesMax
    if (isChecked) requireSound(db)
    const checked = isChecked ? 'checked and sound' : 'too large to be checked through in a test'
    const sentence = `SQLite ${server.version}, ${server.encoding}, journal mode ${server.journal_mode}, ${checked}.`
    return { value: { db, server }, sentence, evidence: { ...server, checked: isChecked } }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Stops at the first thing that is wrong. */
const requireSound = (db: DatabaseSync): void => {
  const found = String(factOf(db, 'pragma quick_check(1)'))
  if (found !== 'ok')
    throw new Failure('database.corrupt', { detail: plain(found.replace(/^\*\*\* in database main \*\*\*\s*/, '')) })
}

const countByType = `select type, count(*) as found from sqlite_schema where substr(name, 1, 7) <> 'sqlite_' group by type`

const count = (db: DatabaseSync): StageResult<void> => {
  const rows = db.prepare(countByType).all()
  const found = Object.fromEntries(rows.map(({ type, found }) => [String(type), Number(found)]))
  const { table = 0, view = 0, index = 0, trigger = 0 } = found
  const evidence = { tables: table, views: view, indexes: index, triggers: trigger }
  if (table + view === 0)
    return { value: undefined, status: 'warning', sentence: 'The database holds no tables yet.', evidence }
  return { value: undefined, sentence: `${amount(table, 'table')} and ${amount(view, 'view')}.`, evidence }
}

const grants = (file: LocalFile): StageResult<void> => ({
  value: undefined,
  sentence: 'The file can be read. Jackfield opens it read-only, alone, and never changes it or what stands beside it.',
  evidence: { read_only: true, log_bytes: file.beside['-wal'] ?? 0 },
})

const amount = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

const factOf = (db: DatabaseSync, question: string): unknown => Object.values(db.prepare(question).get() ?? {})[0]
