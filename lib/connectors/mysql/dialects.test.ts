import { execFileSync } from 'node:child_process'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostileLogins } from '../_dialects/testing/logins.ts'
import { type Speaking, speaker } from '../_dialects/testing/speak.ts'
import { dialects } from './dialects.ts'
import { manifest } from './manifest.ts'
import { type MariaDb, startMariaDb } from './testing/mariadb.ts'

// Given to the programs they are meant for: mysql2 with a real login, and SQLAlchemy's and the browser's parsers.
let server: MariaDb
let speak: Speaking
const logins = hostileLogins({ username: 20, database: 20 })

beforeAll(async () => {
  server = await startMariaDb()
  speak = speaker(manifest, dialects, () => ({ host: '127.0.0.1', port: server.port, ssl_mode: 'disable' }))
})
afterAll(() => server?.stop())

const ident = (name: string) => `\`${name.replaceAll('`', '``')}\``
const literal = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`

test('every hostile name and password logs in at a real server through the URI', async () => {
  for (const login of logins) {
    const { username, password, database } = login
    await server.run(
      `create or replace database ${ident(database)}`,
      `create or replace user ${literal(username)}@'%' identified by ${literal(password)}`,
      `grant all on ${ident(database.replace(/[\\_%]/g, '\\$&'))}.* to ${literal(username)}@'%'`,
    )
    const { text: uri, notes = [] } = speak('uri', login)
    const isMisread = /[/?#%]/.test(database)
    expect(notes.length > 0).toBe(isMisread)
    const place = isMisread ? { uri: uri.replace(/(:\d+\/)[^?]*/, '$1') } : { uri }
    const client = await createConnection({ ...place, disableEval: true })
    const [rows] = await client.query(
      "select substring_index(user(), '@', -1) as host, current_user() as who, database() as db",
    )
    expect(rows).toEqual([{ host: expect.any(String), who: `${username}@%`, db: isMisread ? null : database }])
    await client.end()
  }
}, 120_000)

test('SQLAlchemy and URL parsers read the same names and passwords', () => {
  const all = logins.map((login) => ({ login, text: speak('sqlalchemy', login).text }))
  const program = `
import json, sys
from sqlalchemy.engine import make_url
print(json.dumps([[u.username, u.password] for u in map(make_url, json.load(sys.stdin))]))`
  const input = JSON.stringify(all.map(({ text }) => text))
  const parsed: unknown = JSON.parse(execFileSync('/usr/bin/python3', ['-c', program], { input, encoding: 'utf8' }))
  expect(parsed).toEqual(logins.map(({ username, password }) => [username, password]))
  for (const login of logins) {
    const form = new URLSearchParams(speak('jdbc', login).text.split('?')[1])
    expect([form.get('user'), form.get('password')]).toEqual([login.username, login.password])
    expect(JSON.parse(speak('airflow', login).text)).toMatchObject({ login: login.username, password: login.password })
  }
})
