import { AppError } from '#lib/core/errors'
import type { QueryRequest, SqlProblem } from '../contract.ts'
import { answer } from './answers.ts'
import type { Conversation } from './conversation.ts'
import { Failure } from './failure.ts'
import { bind, columnsOf, execute, parse, plain, sync } from './messages.ts'
import { suspectsSql } from './powers.ts'
import { type ColumnShape, readShapes, readTexts } from './result-types.ts'
import { problemOf, readFields } from './server-words.ts'

/** The name of the person's statement among the prepared ones. */
export const statementName = 'jackfield'

export interface Beginning {
  search: string | null
  /** What is left of the time. */
  ms: number
  /** What the statement calls. */
  functions: readonly string[]
  /** Stands before the person's text. */
  before: string
}

export interface Begun {
  /** What the statement will give; empty where it gives no rows. */
  shapes: ColumnShape[]
  failed: SqlProblem | undefined
  /** Roles of this login that reach beyond the database: a superuser's or those of files and programs. */
  powers: string[]
  /** Functions the statement calls that may do anything with those powers. */
  suspects: string[]
}

/**
 * Begins the one transaction of the run and lets the server read the statement without running it. Settings end with the
 * transaction, so that behind a pooler nobody else inherits them.
 */
export const begin = async (
  conversation: Conversation,
  { sql, mode }: QueryRequest,
  { search, ms, functions, before }: Beginning,
): Promise<Begun> => {
  const names = `{${functions.map((name) => `"${name.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
  const setUp = [parse('', setUpSql), bind('', [String(ms), search, names], 'text'), execute(0)]
  conversation.say(
    Buffer.concat([
      plain(watchClient),
      sync,
      plain(mode === 'read' ? 'BEGIN READ ONLY' : 'BEGIN READ WRITE'),
      ...setUp,
      parse(statementName, before + sql),
      columnsOf(statementName),
      sync,
    ]),
    2,
  )
  let breath = 0
  let done = 0
  let facts: (string | null)[] = []
  let shapes: ColumnShape[] = []
  let failed: SqlProblem | undefined
  let sqlstate: string | undefined
  while (conversation.isBusy()) {
    await conversation.hear({
      row: (bytes, at) => {
        if (breath === 1) facts = readTexts(bytes, at)
      },
      longRow: () => () => {},
      message(type, body) {
        if (type === answer.ready) breath += 1
        else if (breath === 0) return
        else if (type === answer.done) done += 1
        else if (type === answer.columns && done === 2) shapes = readShapes(body)
        else if (type === answer.error && done < 2) sqlstate = readFields(body).C ?? ''
        else if (type === answer.error) failed = problemOf(body, sql, before.length)
      },
    })
  }
  if (sqlstate !== undefined) throw new Failure('query.failed', { sqlstate })
  const [readOnly, powers, suspects] = facts
  // A server that takes the words and does not know what they mean would write.
  if (mode === 'read' && readOnly !== 'on')
    throw new AppError('upstream_failed', 'The server does not keep a transaction read-only, so nothing was run.')
  return { shapes, failed, powers: wordsOf(powers), suspects: wordsOf(suspects) }
}

const wordsOf = (text: string | null | undefined): string[] => (text ? text.split(' ') : [])

/** Ends the work of a session whose client is gone; a server that cannot (before 14, on Windows) says so and goes on. */
const watchClient = `select pg_catalog.set_config('client_connection_check_interval', '500', false)`

// A limit of the server's own that is shorter stays. Where a database has no encoding, its bytes come as they are.
const setUpSql = `select pg_catalog.current_setting('transaction_read_only'),
    pg_catalog.concat_ws(' ', case when r.rolsuper then 'superuser' end, (select pg_catalog.string_agg(p.rolname, ' ') from pg_catalog.pg_roles p
      where (p.rolsuper or p.rolname in ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'))
        and not r.rolsuper and pg_catalog.pg_has_role(r.oid, p.oid, 'member'))),
    ${suspectsSql},
    pg_catalog.set_config('client_encoding', case pg_catalog.current_setting('server_encoding') when 'SQL_ASCII' then 'SQL_ASCII' else 'UTF8' end, true), pg_catalog.set_config('DateStyle', 'ISO', true),
    pg_catalog.set_config('IntervalStyle', 'postgres', true), pg_catalog.set_config('extra_float_digits', '3', true),
    pg_catalog.set_config('bytea_output', 'hex', true), pg_catalog.set_config('standard_conforming_strings', 'on', true),
    pg_catalog.set_config('lock_timeout', least($1::int, 10000)::text, true),
    pg_catalog.set_config('idle_in_transaction_session_timeout', ($1::int + 1000)::text, true),
    pg_catalog.set_config('search_path', coalesce($2::text, pg_catalog.current_setting('search_path')), true),
    pg_catalog.set_config('statement_timeout', case when s.own between 1 and $1::int then s.own else $1::int end::text, true)
  from pg_catalog.pg_roles r, (select (extract(epoch from pg_catalog.current_setting('statement_timeout')::interval) * 1000)::int as own) s
  where r.rolname = session_user`
