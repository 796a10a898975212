import { readAirflowJson } from './airflow.ts'
import { readCurl } from './curl.ts'
import { readDsn } from './dsn.ts'
import { readLibpq, readOdbc } from './pairs.ts'
import { type Dialects, type Parts, partsOf, unquote } from './parts.ts'
import { readUrl } from './url.ts'
import { readVariables } from './variables.ts'

const longest = 65_536

/**
 * Reads what people have at hand – a URL, a JDBC or SQLAlchemy address, a DSN, an ODBC string, an Airflow connection, a curl
 * command, lines of an `.env` file – into neutral parts, or answers undefined where the text is none of the connector's. A
 * connector's `parseUrl` is this and a mapping of the parts to its own settings, with `taking` from `take.ts`:
 *
 *     const parts = readPaste(text, { schemes: ['mysql', 'mariadb'], dsn: true, variables: { MYSQL_HOST: 'host' } })
 *     if (!parts) return undefined
 *     const { take, endpoint, result } = taking(parts)
 *
 * It runs in the browser. The text holds secrets: nothing here throws, logs or keeps it, and notes name keys, never values.
 */
export const readPaste = (text: string, dialects: Dialects): Parts | undefined => {
  if (text.length > longest) return undefined
  const trimmed = unquote(
    text.trim().replace(/^(?:psql|pgcli|mysqlsh|mysql|mariadb|mycli)\s+(?=["']?[a-z][a-z0-9_+.-]*[:=])/i, ''),
  )
  const readOne = (value: string): Parts | undefined =>
    readUrl(value, dialects) ?? readDsn(value, dialects) ?? readOdbc(value, dialects)
  return (
    readOne(trimmed) ??
    readCurl(text, dialects) ??
    readAirflowJson(trimmed, dialects) ??
    readVariables(text, dialects, readOne) ??
    readLibpq(trimmed, dialects) ??
    readSsh(trimmed, dialects)
  )
}

/** `sftp -P 2222 etl@files.example.com:/in` */
const readSsh = (text: string, { ssh }: Dialects): Parts | undefined => {
  const match =
    ssh &&
    /^(?:sftp|ssh|scp)\s+(?:-[Pp]\s*(\d{1,5})\s+)?(?:([^\s@]+)@)?([\w.-]+|\[[\da-f:.]+\])(?::(\S+))?(?:\s+-[Pp]\s*(\d{1,5}))?$/i.exec(
      text,
    )
  if (!match) return undefined
  const [, before, user, host = '', path, after] = match
  const given = { host: host.replace(/^\[(.*)\]$/, '$1'), port: before ?? after, user, database: path }
  const values = new Map(Object.entries(given).flatMap(([key, value]) => (value ? [[key, value] as const] : [])))
  return partsOf('ssh', { scheme: 'sftp', values })
}
