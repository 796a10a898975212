/**
 * Which texts are a connector's own. Everything that is the same for all of them – how a URL, a JDBC address, a DSN, an ODBC
 * string, an `.env` file, an Airflow connection or a curl command is written – is read here; see `read.ts`.
 */
export interface Dialects {
  /** Of URLs, also behind `jdbc:` and before `+driver`, and types of Airflow connections: `['mysql', 'mariadb']`. */
  schemes: readonly string[]
  /** Environment variables and the part that each means: `{ PGHOST: 'host', AWS_REGION: 'region' }`. */
  variables?: Readonly<Record<string, string>>
  /** Addresses without `//` count as well: `sqlite:/data/shop.db`. */
  opaque?: true
  /** libpq's `host=db user=etl`. */
  libpq?: true
  /** The Go driver's `etl:pw@tcp(db:3306)/shop`. */
  dsn?: true
  /** Part of the name of its ODBC drivers. */
  odbc?: RegExp
  /** Whether an ADO-like `Server=db;Uid=etl` without a driver is its own, by the (lower-case) keys. */
  ado?: (keys: ReadonlySet<string>) => boolean
  /** `curl -H 'Authorization: …' https://…` */
  curl?: true
  /** `sftp -P 2222 etl@files.example.com:/in` */
  ssh?: true
}

/** What a text said, before anybody decides which setting it is. */
export interface Parts {
  dialect: 'url' | 'jdbc' | 'airflow' | 'variables' | 'libpq' | 'dsn' | 'odbc' | 'curl' | 'ssh'
  /** In lower case, without `jdbc:` and `+driver`; empty where the text names none. */
  scheme: string
  /** `host`, `port`, `user`, `password`, `database`, and everything else under the name it was given. */
  values: Map<string, string>
  /** A URL as it was written, without its login: `db.example.com:5432`, `/app`, `a=b`. */
  address?: Address
  /** Of a curl command. */
  headers: readonly (readonly [name: string, value: string])[]
  /** Sentences for the person; never a value. */
  notes: string[]
}

export interface Address {
  authority: string
  path: string
  query: string
}

export const partsOf = (dialect: Parts['dialect'], given: Partial<Parts>): Parts => ({
  dialect,
  scheme: '',
  values: new Map(),
  headers: [],
  notes: [],
  ...given,
})

/** Percent-decoded; undefined where a % stands for itself. */
export const percentDecoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

export const splitOnce = (text: string, mark: string): [string, string?] => {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}

export const unquote = (text: string): string => {
  const trimmed = text.trim()
  const quoted = /^(["'])(.*)\1;?$/s.exec(trimmed)
  return quoted ? (quoted[2] ?? '') : trimmed
}
