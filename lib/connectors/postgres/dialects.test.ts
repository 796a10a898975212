import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type EmbeddedServer, startEmbedded } from '#lib/db/embedded'
import { type HostileLogin, hostileLogins } from '../_dialects/testing/logins.ts'
import { quoteIdent, quoteLiteral } from '../_sql/quote.ts'
import type { DialectName } from '../contract.ts'
import { dialects } from './dialects.ts'
import { manifest } from './manifest.ts'

/*
 * The texts are given to the programs they are meant for: node-postgres, libpq (psql), psqlODBC (isql), SQLAlchemy, the
 * URL parsers of browsers and of Python, a shell and dotenv. Names and passwords hold every character that one of them
 * could take for a delimiter.
 */

const psql = '/usr/lib/postgresql/15/bin/psql'
// Debian's own, which has SQLAlchemy.
const python = '/usr/bin/python3'

let server: EmbeddedServer
let admin: Client
const home = mkdtempSync(path.join(tmpdir(), 'jf-dialects-'))

beforeAll(async () => {
  server = await startEmbedded({ home, name: 'dialects', port: 0, durable: false })
  admin = new Client({ connectionString: server.adminUrl() })
  await admin.connect()
})
afterAll(async () => {
  await admin?.end()
  await server?.stop()
  rmSync(home, { recursive: true, force: true })
})

interface Login extends HostileLogin {
  schema?: string
}
const speak = (format: Exclude<DialectName, 'fields'>, { database, username, password, schema }: Login, extra = {}) => {
  const place = { host: '127.0.0.1', port: server.port, database, ssl_mode: 'disable', ...(schema && { schema }) }
  const config = manifest.config.parse({ ...place, ...extra })
  const credential = { kind: 'database.password' as const, username, password }
  return dialects[format]?.({ conn_id: 'prod-postgres', config, credential }) ?? { text: '' }
}

const logins = hostileLogins({ username: 40, database: 38 })
const everything = logins.at(-1) as HostileLogin

/** A role and a database by these names, once each. */
const make = async ({ username, password, database }: Login) => {
  await admin.query(`drop database if exists ${quoteIdent(database)}`)
  await admin.query(`drop role if exists ${quoteIdent(username)}`)
  await admin.query(`create role ${quoteIdent(username)} login password ${literal(password)}`)
  await admin.query(`create database ${quoteIdent(database)} strategy file_copy`)
}
const literal = (text: string) => quoteLiteral(text)

const who = 'select current_user || chr(10) || current_database()'
const run = (command: string, args: string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 20_000,
    input,
    env: {
      NODE_ENV: 'test',
      PATH: process.env.PATH ?? '',
      HOME: home,
      LC_ALL: 'C.UTF-8',
      PGCONNECT_TIMEOUT: '10',
    },
  })
  return { status, stdout: stdout.replace(/\n+$/, ''), stderr }
}

describe('every hostile name and password reaches the server as it is', () => {
  it('through node-postgres and psql, as URI and as keywords', async () => {
    for (const login of logins) {
      await make(login)
      const isMisread = /[/?#]/.test(login.database)
      const expected = `${login.username}\n${login.database}`
      const { notes = [] } = speak('uri', login)
      expect(notes.length > 0).toBe(isMisread)
      // node-postgres does not decode these in the name of a database; nothing else would reach the others.
      if (!isMisread) {
        const client = new Client({ connectionString: speak('uri', login).text })
        await client.connect()
        expect((await client.query(who)).rows[0]).toEqual({ '?column?': expected })
        await client.end()
      }
      for (const format of ['uri', 'libpq'] as const) {
        const { stdout, stderr } = run(psql, ['-XAtc', who, speak(format, login).text])
        expect([format, stdout, stderr]).toEqual([format, expected, ''])
      }
    }
  }, 180_000)

  it('through the ODBC driver', async () => {
    for (const given of [...logins.slice(0, 12), everything]) {
      const plain = (text: string) => text.replaceAll(/[;{}]/g, '').trim() || 'x'
      const login = { ...given, username: plain(given.username), database: plain(given.database) }
      await make(login)
      const { text, notes } = speak('odbc', login)
      const { stdout, stderr } = run('isql', ['-k', text, '-b', '-x0x09', '-v'], 'select 41 + 1\n')
      expect([text, stdout, stderr, notes]).toEqual([text, '42', '', []])
    }
    expect(speak('odbc', { ...everything, username: 'a;b' }).notes?.join()).toContain('Uid')
  }, 120_000)

  it('through SQLAlchemy and the URL parsers of Python and browsers', () => {
    const all = logins.map((login) => ({
      login,
      sqlalchemy: speak('sqlalchemy', login).text,
      uri: speak('uri', login).text,
    }))
    const program = `
import json, sys
from urllib.parse import urlsplit, unquote
from sqlalchemy.engine import make_url
out = []
for one in json.load(sys.stdin):
    a, u = make_url(one["sqlalchemy"]), urlsplit(one["uri"])
    out.append([[a.username, a.password, a.database, a.host, a.port],
                [unquote(u.username), unquote(u.password), unquote(u.path[1:]), u.hostname, u.port]])
print(json.dumps(out))`
    const printed = execFileSync(python, ['-c', program], { input: JSON.stringify(all), encoding: 'utf8' })
    const parsed: unknown[][][] = JSON.parse(printed)
    all.forEach(({ login: { username, password, database }, uri }, i) => {
      const expected = [username, password, database, '127.0.0.1', server.port]
      // SQLAlchemy keeps the name of the database as it stands in the URL.
      const [alchemy = [], python = []] = parsed[i] ?? []
      expect([...alchemy.slice(0, 2), decodeURIComponent(String(alchemy[2])), ...alchemy.slice(3)]).toEqual(expected)
      expect(python).toEqual(expected)
      const url = new URL(uri)
      const whatwg = [url.username, url.password, url.pathname.slice(1)].map(decodeURIComponent)
      expect([...whatwg, url.hostname, Number(url.port)]).toEqual(expected)
    })
  })

  it('through .env, for a shell and for dotenv, or the text says where else to take it from', () => {
    for (const login of logins) {
      const { text, notes = [] } = speak('env', login)
      const file = path.join(home, '.env')
      writeFileSync(file, text)
      const uri = speak('uri', login).text
      const shell = run('sh', ['-c', '. "$0"; printf "%s\\n%s" "$DATABASE_URL" "$PGPASSWORD"', file])
      const dotenv = parseEnv(text)
      expect(dotenv.DATABASE_URL).toBe(uri)
      const isLeft = notes.some((note) => note.startsWith('PGPASSWORD '))
      expect(dotenv.PGPASSWORD).toBe(isLeft ? undefined : login.password)
      expect(shell.stdout).toBe(`${uri}\n${isLeft ? '' : login.password}`.replace(/\n+$/, ''))
      expect(isLeft).toBe(/['\\]/.test(login.password))
    }
  })

  it('through the structured dialects', () => {
    for (const login of logins) {
      const { username, password, database } = login
      const airflow = JSON.parse(speak('airflow', login).text)
      expect(airflow).toMatchObject({ conn_type: 'postgres', login: username, password, schema: database })
      const profile = parse(speak('dbt', login).text)['prod-postgres']
      expect(profile.outputs[profile.target]).toMatchObject({
        type: 'postgres',
        user: username,
        password,
        dbname: database,
      })
      const jdbc = speak('jdbc', login).text
      // The driver decodes like a form: a plus would become a blank.
      const form = new URLSearchParams(jdbc.slice(jdbc.indexOf('?')))
      expect([form.get('user'), form.get('password')]).toEqual([username, password])
      expect(decodeURIComponent(new URL(speak('prisma', login).text).password)).toBe(password)
    }
  })
})

describe('what else a connection says', () => {
  const login = { username: 'etl', password: 'x', database: 'postgres' }

  it('a schema of its own is where psql and node-postgres look first, whatever its name', async () => {
    for (const schema of ['reporting', `odd "schema", 'x' \\ %20`]) {
      await make({ ...login, username: 'looker', database: 'looked' })
      const inside = new Client({ connectionString: server.adminUrl('looked') })
      await inside.connect()
      await inside.query(`create schema ${quoteIdent(schema)} authorization looker`)
      await inside.end()
      const text = speak('uri', { username: 'looker', password: 'x', database: 'looked', schema }).text
      expect(run(psql, ['-XAtc', 'select current_schema()', text]).stdout).toBe(schema)
      const client = new Client({ connectionString: text })
      await client.connect()
      expect((await client.query('select current_schema() as s')).rows).toEqual([{ s: schema }])
      await client.end()
    }
  }, 60_000)

  it('certificates come as files that the text names', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----'
    const { text, files, notes } = speak('uri', login, { ssl_mode: 'verify-full', ssl_root_cert: pem })
    expect(new URL(text).searchParams.get('sslrootcert')).toBe('prod-postgres.ca.pem')
    expect(files).toEqual({ 'prod-postgres.ca.pem': pem })
    expect(notes?.join()).toContain('prod-postgres.ca.pem')
  })

  it('an IPv6 host stands in brackets', () => {
    const { text } = speak('uri', login, { host: '::1' })
    expect(new URL(text).hostname).toBe('[::1]')
    expect(speak('libpq', login, { host: '::1' }).text).toContain("host='::1'")
  })
})
