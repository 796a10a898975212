import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { addressesOf, ownerRole } from '#lib/db/roles'
import { storeTestCredential } from '#lib/engine/testing/harness'

const { database } = useApi()
const engine = useEngine()
const root = path.join(import.meta.dirname, '../..')
const place = mkdtempSync(path.join(tmpdir(), 'jackfield-backup-'))
const file = path.join(place, 'all.jfb')
const fresh = `restored_${process.pid}`
let workspace: TestWorkspace
let url = ''

const admin = (given: string[], env: Record<string, string>) =>
  spawnSync(process.execPath, ['scripts/admin.ts', ...given], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'test', ...env },
  })
const onServer = async (statement: string, to = inject('databaseServer')) => {
  const client = new Client({ connectionString: to })
  await client.connect()
  const { rows } = await client.query(statement)
  await client.end()
  return rows
}

beforeAll(async () => {
  workspace = await makeWorkspace()
  const scope = { workspaceId: workspace.id, organizationId: workspace.organizationId }
  for (let n = 0; n < 20; n++)
    await storeTestCredential(scope, { password: `cnry-backup-${n}` }, { meta: { note: '"\\,(é\n' } })
  url = addressesOf(inject('databaseServer'), fresh).owner
  await onServer(`create database ${fresh} template template_jackfield owner ${ownerRole} strategy file_copy`)
  const made = admin(['backup', 'create', file], {
    DATABASE_URL: database.url(),
    JACKFIELD_MIGRATIONS_DATABASE_URL: database.ownerUrl(),
    JACKFIELD_HOME: engine.home,
  })
  expect([made.status, made.stderr]).toEqual([0, expect.stringContaining('Wrote')])
}, 60_000)
afterAll(async () => {
  await onServer(`drop database if exists ${fresh} with (force)`)
  rmSync(place, { recursive: true, force: true })
})

test('a backup is one private file with the ids of its keys and neither a key nor a secret', () => {
  const text = gunzipSync(readFileSync(file)).toString('utf8')
  const manifest = JSON.parse(text.slice(0, text.indexOf('\n')))
  const [{ id, key }] = JSON.parse(readFileSync(path.join(engine.home, 'keys/encryption.json'), 'utf8')).keys
  expect(manifest.keys).toEqual([{ id, secrets: 20 }])
  expect(text).not.toContain(key)
  expect(text).not.toContain('cnry-backup')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a restore without the keys, or of half a file, writes nothing', async () => {
  const home = path.join(place, 'other')
  mkdirSync(home, { mode: 0o700 })
  expect(admin(['keys', 'create'], { JACKFIELD_HOME: home }).status).toBe(0)
  const refused = admin(['backup', 'restore', file], { DATABASE_URL: url, JACKFIELD_HOME: home })
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('these keys are not here: kek_')])
  const half = path.join(place, 'half.jfb')
  writeFileSync(half, readFileSync(file))
  truncateSync(half, statSync(file).size - 40)
  const broken = admin(['backup', 'restore', half], { DATABASE_URL: url, JACKFIELD_HOME: engine.home })
  expect(broken.status).toBe(1)
  expect(await onServer('select count(*)::int as n from credentials', url)).toEqual([{ n: 0 }])
}, 60_000)

test('a restore brings every row back as it was and opens every secret, once', async () => {
  const home = path.join(place, 'new')
  mkdirSync(path.join(home, 'keys'), { recursive: true, mode: 0o700 })
  cpSync(path.join(engine.home, 'keys/encryption.json'), path.join(home, 'keys/encryption.json'))
  const env = { DATABASE_URL: url, JACKFIELD_HOME: home }
  const restored = admin(['backup', 'restore', file], env)
  expect([restored.status, restored.stderr]).toEqual([0, expect.stringContaining('all 20 secrets open')])
  const digest = `select string_agg(t::text, '' order by id) as rows from credentials t`
  expect(await onServer(digest, url)).toEqual(await db().$queryRawUnsafe(digest))
  const events = await onServer(`select event from audit_events where event like 'backup.%' order by id`, url)
  expect(events.map(({ event }) => event)).toEqual(['backup.created', 'backup.restored'])
  expect(await onServer(`select count(*)::int as n from pg_constraint where contype = 'f'`, url)).toEqual(
    await db().$queryRawUnsafe(`select count(*)::int as n from pg_constraint where contype = 'f'`),
  )
  const again = admin(['backup', 'restore', file], env)
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('not empty')])
}, 60_000)
