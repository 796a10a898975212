import { AppError } from '#lib/core/errors'
import type { Judgement } from './statement-class.ts'

/**
 * A superuser, or a role of the server's files and programs, gets past a read-only transaction (`COPY … TO PROGRAM`,
 * `pg_read_file`), and nothing a session can set keeps it from that: what it gives up with SET ROLE it can take back.
 * So such a login runs only what was read and found harmless, and calls only functions that everybody may call (SQL-3).
 */
export const requireHarmless = (powers: readonly string[], suspects: readonly string[], judged: Judgement): void => {
  if (powers.length === 0) return
  const who = whoHas(powers)
  if (judged.verdict !== 'reads')
    throw new AppError('unprocessable', `${who}, and the statement could not be examined. ${advice}`)
  if (suspects.length > 0)
    throw new AppError('unprocessable', `${who}, for which ${suspects[0]}() may do more than read. ${advice}`)
}

/**
 * Where such a login may write as well, nothing keeps it from the server's files and programs but this look at the words,
 * which also finds them in the text of a block or a routine. What is put together at run time it does not see.
 */
export const requireNoWayOut = (powers: readonly string[], sql: string): void => {
  const found = powers.length === 0 ? null : waysOut.exec(sql.replace(/\/\*[\s\S]*?\*\/|--[^\n]*/g, ' '))
  if (!found) return
  const words = found[0].replace(/\s+/g, ' ').slice(0, 40)
  throw new AppError(
    'unprocessable',
    `${whoHas(powers)}, and this names a way to files or programs of the server (${words}), which is not run from here. ${advice}`,
  )
}

const waysOut = new RegExp(
  [
    String.raw`\b(?:pg_read_(?:binary_)?file\w*|pg_ls_\w+|pg_stat_file|pg_file_\w+|lo_import|lo_export|adminpack)\b`,
    String.raw`\b(?:pg_(?:read|write)_server_files|pg_execute_server_program)\b`,
    String.raw`\bcopy\b[^;]*?\b(?:from|to)\s+(?:program\b|[eu]?&?'|\$)`,
    String.raw`\b(?:program|filename)\s*e?'|\balter\s+system\b|\bload\s+e?'`,
    String.raw`\blanguage\s+['"]?(?:c|internal)\b|\b(?:plpython[23]?u|plperlu|pltclu|plsh)\b`,
  ].join('|'),
  'i',
)

const whoHas = (powers: readonly string[]): string =>
  powers[0] === 'superuser' ? 'This login is a superuser' : `This login belongs to ${powers.slice(0, 3).join(', ')}`
const advice =
  'Use a login of its own that may do no more than it needs; the guide of the connector has the statements.'

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
