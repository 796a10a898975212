import { constants, DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { LocalFile } from '../contract.ts'
import { Failure } from './failure.ts'
import { headerOf } from './header.ts'

type OpenFiles = () => ReadonlySet<string>
/** Asked about every step of every statement before it runs; what is not named there is refused. */
export type Authorizer = (action: number, first: string | null, second: string | null) => number

/** How long a lock of another program is waited for. */
const busyMs = 2_000

/** No other file ever joins this one, and no value is larger than memory can bear. */
const limits = { attach: 0, length: 64 * 1024 * 1024, sqlLength: 1024 * 1024 }

/**
 * Opens the file for reading and nothing else: no extension, no other file, no change to itself, and only what our own
 * questions to the catalog need. The file's own views, triggers and defaults count as hostile (CONN-7).
 */
export const openDatabase = (file: LocalFile, openFiles: OpenFiles, isAllowed: Authorizer = isAsked): DatabaseSync => {
  const before = openFiles()
  const db = new DatabaseSync(addressOf(file), {
    readOnly: true,
    allowExtension: false,
    enableForeignKeyConstraints: false,
    enableDoubleQuotedStringLiterals: false,
    timeout: busyMs,
    defensive: true,
    limits,
  })
  try {
    requireSameFile(
      file,
      [...openFiles()].filter((one) => !before.has(one)),
    )
    for (const setting of settings) db.exec(setting)
    db.setAuthorizer(isAllowed)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

const settings = [
  'pragma trusted_schema = off',
  'pragma cell_size_check = on',
  'pragma mmap_size = 0',
  'pragma temp_store = memory',
  'pragma query_only = on',
]

/** Nothing is written beside the file either: a log's index is only read, and where there is no log, none is begun. */
const addressOf = (file: LocalFile): URL => {
  const url = pathToFileURL(file.path)
  const { isWal } = headerOf(file)
  const log = file.beside['-wal'] ?? 0
  if (isWal && log > 0 && file.beside['-shm'] === undefined) throw new Failure('database.wal_without_shm')
  url.searchParams.set('mode', 'ro')
  if (isWal && log === 0) url.searchParams.set('immutable', '1')
  else url.searchParams.set('readonly_shm', '1')
  return url
}

/**
 * SQLite opened by name; the name may lead elsewhere by now. What it holds open has to be the very file that was looked
 * at, and nothing was read from it yet.
 */
const requireSameFile = (file: LocalFile, opened: readonly string[]): void => {
  const wanted = `${file.device}:${file.inode}`
  if (opened.length !== 1 || opened[0] !== wanted) throw new Failure('file.changed')
}

const { SQLITE_DENY, SQLITE_FUNCTION, SQLITE_OK, SQLITE_PRAGMA, SQLITE_READ, SQLITE_RECURSIVE, SQLITE_SELECT } =
  constants

/** Our own questions. */
const isAsked: Authorizer = (action, first, second) => {
  if (action === SQLITE_SELECT || action === SQLITE_RECURSIVE) return SQLITE_OK
  if (action === SQLITE_READ) return catalogTables.has(first ?? '') ? SQLITE_OK : SQLITE_DENY
  if (action === SQLITE_FUNCTION) return functions.has(second ?? '') ? SQLITE_OK : SQLITE_DENY
  if (action !== SQLITE_PRAGMA) return SQLITE_DENY
  return isFact(first, second) ? SQLITE_OK : SQLITE_DENY
}

/** Questions of people: any table, function and fact of this file, and nothing that changes it or leads out of it. */
export const isReading: Authorizer = (action, first, second) => {
  if (action === SQLITE_SELECT || action === SQLITE_RECURSIVE || action === SQLITE_READ) return SQLITE_OK
  if (action === SQLITE_FUNCTION) return leadsOut.has((second ?? '').toLowerCase()) ? SQLITE_DENY : SQLITE_OK
  if (action !== SQLITE_PRAGMA) return SQLITE_DENY
  const isKnown = isFact(first, second) || (first !== null && lists.has(first.toLowerCase()))
  return isKnown ? SQLITE_OK : SQLITE_DENY
}

// Full-text search asks for `data_version`.
const isFact = (first: string | null, second: string | null): boolean =>
  questions.has(first ?? '') || (second === null && facts.has(first ?? ''))

/** What more people may ask. Where the file lies is not among it. */
const lists = new Set(['table_info', 'table_list', 'index_info', 'collation_list', 'function_list', 'compile_options'])
const leadsOut = new Set(['load_extension', 'fts3_tokenizer', 'readfile', 'writefile', 'edit', 'fsdir', 'sqlite_log'])

const questions = new Set(['table_xinfo', 'index_list', 'index_xinfo', 'foreign_key_list', 'quick_check'])
const facts = new Set([
  'encoding',
  'journal_mode',
  'page_count',
  'page_size',
  'user_version',
  'application_id',
  'data_version',
])
const functions = new Set(['count', 'sqlite_version', 'substr', 'lower'])
const catalogTables = new Set([
  'sqlite_master',
  'sqlite_schema',
  'sqlite_stat1',
  'pragma_table_xinfo',
  'pragma_index_list',
  'pragma_index_xinfo',
  'pragma_foreign_key_list',
])
