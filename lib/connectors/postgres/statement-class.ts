import { AppError } from '#lib/core/errors'
import type { QueryRequest } from '../contract.ts'

/** What the second layer made of a statement (SQL-2). */
export interface Judgement {
  /** `reads`: nothing else, as far as its words tell. `unreadable`: it could not be told. `unexamined`: nobody looked. */
  verdict: 'reads' | 'unreadable' | 'unexamined'
  /** Names of the functions it calls. */
  functions: string[]
  /** What it is, as the parser calls it: `SelectStmt`. */
  kind?: string | undefined
  /** It runs a statement in order to explain it. */
  isAnalyzed?: boolean
}

export type Judge = (request: QueryRequest) => Promise<Judgement>

/**
 * Reads a statement with PostgreSQL's own parser and lets only what reads pass on: the second layer behind the server's
 * read-only transaction, which does not rest on it. What cannot be read is left to the server to explain, and not run.
 */
export const judge: Judge = async ({ sql, mode, explain }) => {
  // Large, so it is loaded with the first statement, while the login is under way.
  const { parse } = await import('libpg-query')
  const parsed = await parse(sql).catch(() => undefined)
  if (!parsed) return { verdict: mode === 'read' ? 'unreadable' : 'unexamined', functions: [] }
  const statements: unknown[] = parsed.stmts ?? []
  if (statements.length > 1) throw new AppError('unprocessable', 'One statement at a time.')
  const [statement] = statements
  const nodes = nodesOf(statement)
  const about = { kind: nodes.find(([key]) => isStatement(key))?.[0], isAnalyzed: nodes.some(isAnalyze) }
  // Of a plan that is only estimated nothing runs.
  const allowed = explain === 'estimated' ? planned : readers
  if (mode === 'read') return { verdict: 'reads', functions: inspect(nodes, allowed), ...about }
  if (nodes.some(([key, value]) => key === 'CopyStmt' && isCopyOfFile(value)))
    throw new AppError('unprocessable', 'COPY with files and programs of the server is not run from here.')
  return { verdict: 'unexamined', functions: [], ...about }
}

const isAnalyze = ([key, value]: [string, unknown]): boolean => key === 'DefElem' && Object(value).defname === 'analyze'

const isCopyOfFile = (copy: unknown): boolean => ['filename', 'is_program'].some((key) => key in Object(copy))

/** Every member of a tree and what is below it, without recursion: a tree can be deeper than the stack. */
const nodesOf = (tree: unknown): [string, unknown][] => {
  const found: [string, unknown][] = []
  const waiting = [tree]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (typeof node !== 'object' || node === null) continue
    for (const member of Object.entries(node)) {
      found.push(member)
      waiting.push(member[1])
    }
  }
  return found
}

/** The names of the functions a statement calls; throws where it does more than read. */
const inspect = (nodes: [string, unknown][], allowed: ReadonlySet<string>): string[] => {
  const functions = new Set<string>()
  for (const [key, value] of nodes) {
    if (isStatement(key) && !allowed.has(key)) throw refused(`${wordsOf(key)} is no statement that only reads.`)
    if (key === 'intoClause') throw refused('SELECT … INTO makes a table.')
    if (key === 'lockingClause') throw refused('Locking reads (FOR UPDATE, FOR SHARE) keep others from writing.')
    if (key === 'FuncCall') functions.add(calledBy(value))
  }
  const effect = [...functions].find((name) => effects.test(name))
  if (effect !== undefined) throw refused(`${effect}() does more than read.`)
  return [...functions]
}

const readers = new Set(['SelectStmt', 'ExplainStmt', 'VariableShowStmt'])
/** What the server makes a plan for. */
export const planned = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

// Members that hold a statement are written small.
const isStatement = (key: string): boolean => /^[A-Z]\w*Stmt$/.test(key)

/** `CreateTableAsStmt` → `CREATE TABLE AS` */
export const wordsOf = (node: string): string =>
  node
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase()

const calledBy = (call: unknown): string => {
  const names = (Object(call) as { funcname?: { String?: { sval?: string } }[] }).funcname ?? []
  return names.at(-1)?.String?.sval ?? ''
}

const refused = (sentence: string) =>
  new AppError('unprocessable', `${sentence} Read-only runs SELECT, VALUES, TABLE, SHOW and EXPLAIN.`)

/**
 * Functions with effects that a read-only transaction lets through or only rolls back: other sessions, locks, settings,
 * replication, the write-ahead log, large objects, files, other servers.
 */
const effects = new RegExp(
  `^(?:${[
    'set_config|nextval|setval|pg_notify|pg_export_snapshot|pg_sequence_(?:reset|set)\\w*',
    'pg_(?:terminate|cancel)_backend|pg_(?:try_)?advisory_\\w+|pg_log_backend_memory_contexts',
    'pg_reload_conf|pg_rotate_logfile\\w*|pg_logfile_rotate|pg_promote|pg_import_system_collations|pg_nextoid',
    'pg_(?:create|drop|copy|alter|sync)_\\w*slots?\\w*|pg_create_restore_point|pg_logical_\\w+|pg_replication_\\w+',
    'pg_switch_(?:wal|xlog)|pg_(?:wal|xlog)_replay_(?:pause|resume)|pg_(?:start|stop)_backup|pg_backup_(?:start|stop)',
    'pg_stat_reset\\w*|pg_stat_statements_reset|pg_(?:restore|clear)_(?:relation|attribute|extended)_stats?',
    'lo_?\\w*write|lo_(?:creat|create|unlink|put|from_bytea|truncate|truncate64|import|export|open|manage)|lowrite',
    'pg_read_(?:binary_)?file\\w*|pg_ls_\\w+|pg_stat_file\\w*|pg_file_\\w+|pg_current_logfile',
    'dblink\\w*|postgres_fdw_\\w+|file_fdw_\\w+|pg_prewarm|brin_\\w+|gin_clean_pending_list',
  ].join('|')})$`,
)
