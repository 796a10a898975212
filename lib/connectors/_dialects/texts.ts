import { stringify } from 'yaml'
import type { Spoken } from '../contract.ts'

/** Where a database is and who logs in; what a URL of any dialect is made of. */
export interface Login {
  host: string
  port: number
  database: string
  username: string
  password: string | undefined
}

export type Params = Readonly<Record<string, string | undefined>>

/** Every character but letters, digits and `-._~` is encoded, so that no parser sees a delimiter in a password. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** `postgresql://etl:pa%24s@db.example.com:5432/app?sslmode=verify-full` */
export const urlOf = (scheme: string, login: Login, params: Params = {}): string => {
  const { username, password, host, port, database } = login
  const secret = password === undefined ? '' : `:${encode(password)}`
  return `${scheme}://${encode(username)}${secret}@${inUrl(host)}:${port}/${inPath(database)}${queryOf(params)}`
}

/** `jdbc:postgresql://db.example.com:5432/app?user=etl&password=pa%24s` */
export const jdbcOf = (subprotocol: string, login: Login, params: Params = {}): string => {
  const { username, password, host, port, database } = login
  const query = queryOf({ user: username, password, ...params })
  return `jdbc:${subprotocol}://${inUrl(host)}:${port}/${encode(database)}${query}`
}

/**
 * `Driver={PostgreSQL Unicode};Server=db.example.com;…;Pwd={…};` Between braces anything may stand, with `}` doubled; but
 * drivers take them off the password only, and there they have to be.
 */
export const odbcOf = (driver: string, pairs: Params, password: string | undefined): Spoken => {
  const plain = kept(pairs)
  const broken = plain.filter(([, value]) => /[;{}]|^\s|\s$/.test(value))
  const secret = password === undefined ? '' : `Pwd={${password.replaceAll('}', '}}')}};`
  return {
    text: `Driver={${driver}};${plain.map(([name, value]) => `${name}=${value};`).join('')}${secret}`,
    notes: broken.map(([name]) => `${name} holds a character that ODBC connection strings cannot carry.`),
  }
}

/** libpq's `key='value'`, with `'` and `\` escaped. */
export const keywordsOf = (pairs: Params): string =>
  kept(pairs)
    .map(([name, value]) => `${name}='${value.replace(/[\\']/g, '\\$&')}'`)
    .join(' ')

export interface AirflowConnection {
  conn_type: string
  host?: string
  schema?: string
  login?: string | undefined
  password?: string | undefined
  port?: number
  extra?: Params
}

/** The value of `AIRFLOW_CONN_…`, in the JSON form that Airflow takes since 2.3. */
export const airflowOf = ({ extra, ...connection }: AirflowConnection): string =>
  JSON.stringify({ ...connection, ...(extra && { extra: Object.fromEntries(kept(extra)) }) })

/** A `profiles.yml` with one profile, named like the connection. */
export const dbtOf = (connId: string, output: Readonly<Record<string, unknown>>): string =>
  stringify({ [connId]: { target: 'default', outputs: { default: output } } })

/**
 * Lines of a `.env` file. In single quotes every character but `'` and line breaks stands for itself, for a shell and
 * for dotenv; what has one of those is left to the URL, where it is encoded.
 */
export const envOf = (url: readonly [name: string, value: string], pairs: Params): Spoken => {
  const fits = ([, value]: [string, string]) => !/['\r\n\\]/.test(value)
  const lines = [[...url] as [string, string], ...kept(pairs).filter(fits)]
  const left = kept(pairs).filter((pair) => !fits(pair))
  return {
    text: lines.map(([name, value]) => `${name}='${value}'\n`).join(''),
    notes: left.map(([name]) => `${name} holds a character that .env files disagree about; take it from ${url[0]}.`),
  }
}

/** As little encoded as a path allows: some clients decode only part of it. */
const inPath = (database: string): string =>
  encode(database).replace(/%(3A|40|26|3D|2B|24|2C|3B)/g, (escaped) => decodeURIComponent(escaped))

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host)

const queryOf = (params: Params): string => {
  const parts = kept(params).map(([name, value]) => `${encode(name)}=${encode(value)}`)
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}

const kept = (pairs: Params): [string, string][] =>
  Object.entries(pairs).filter((pair): pair is [string, string] => pair[1] !== undefined)
