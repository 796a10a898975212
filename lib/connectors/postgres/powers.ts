import { AppError } from '#lib/core/errors'
import type { Judgement } from './statement-class.ts'

/**
 * A superuser, or a role of the server's files and programs, gets past a read-only transaction (`COPY … TO PROGRAM`,
 * `pg_read_file`), and nothing a session can set keeps it from that: what it gives up with SET ROLE it can take back.
 * So such a login runs only what was read and found harmless, and calls only functions that everybody may call (SQL-3).
 */
export const requireHarmless = (powers: readonly string[], suspects: readonly string[], judged: Judgement): void => {
  if (powers.length === 0) return
  const who =
    powers[0] === 'superuser' ? 'This login is a superuser' : `This login belongs to ${powers.slice(0, 3).join(', ')}`
  const advice = 'Use a login of its own that may only read; the guide of the connector has the statements.'
  if (judged.verdict !== 'reads')
    throw new AppError('unprocessable', `${who}, and the statement could not be examined. ${advice}`)
  if (suspects.length > 0)
    throw new AppError('unprocessable', `${who}, for which ${suspects[0]}() may do more than read. ${advice}`)
}

/**
 * Of the functions named in `$3` those that are neither the server's own nor an extension's in C, or that not everybody
 * may call, or that run text as a statement. A condition that stands in the set-up of the session.
 */
export const suspectsSql = `(select pg_catalog.string_agg(distinct f.proname, ' ') from pg_catalog.pg_proc f
    join pg_catalog.pg_language l on l.oid = f.prolang
  where f.proname = any ($3::text[]) and not (
    pg_catalog.has_function_privilege('public', f.oid, 'execute')
    and l.lanname in ('internal', 'c', 'sql')
    and (f.pronamespace = 'pg_catalog'::regnamespace or (l.lanname = 'c' and exists (
      select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e')))
    and f.proname not in ('query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema', 'cursor_to_xml', 'ts_stat', 'ts_rewrite',
      'crosstab', 'crosstab_hash', 'crosstab2', 'crosstab3', 'crosstab4', 'connectby', 'xpath_table')))`
