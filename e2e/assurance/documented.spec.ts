import path from 'node:path'
import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { type Called, type Documented, documentedCalls, missingIn, runDocumented } from '../fixtures/documented.ts'
import { askTarget } from '../fixtures/editor.ts'
import { run } from '../fixtures/run.ts'
import { targetLogin } from '../fixtures/target.ts'
import { expect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

const root = path.join(import.meta.dirname, '../..')
const user = 'documented_user'
/** The source that the guides call `orders`. */
const source = 'guide-orders'
const guides = ['README.md', 'docs/api.md', 'docs/operating.md']

/** What answers something else than 200 where all goes well. */
const statuses = new Map([
  ['POST /api/connections', 201],
  [`POST /api/data-sources/${source}/refresh`, 202],
])

const send = async (page: Page, method: 'POST' | 'PUT' | 'GET', url: string, data?: object) => {
  const answer = await page.request.fetch(url, {
    method,
    headers: { 'sec-fetch-site': 'same-origin' },
    ...(data && { data }),
  })
  expect(answer.ok(), `${method} ${url}: ${answer.status()}`).toBe(true)
  return (await answer.json()).data
}

test.beforeAll(() => askTarget(`create role ${user} superuser login password '${targetLogin.password}'`))
test.afterAll(async () => {
  await askTarget(`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = 'jackfield'`)
  await askTarget(
    `drop publication if exists jackfield; drop table if exists shop.documented; drop role if exists ${user}`,
  )
})

test('every call of the guides does what it says, pasted as it stands', async ({ page }) => {
  test.setTimeout(240_000)
  await page.goto('/workspace/connections')
  await createConnection(page, { name: 'Guide orders', user })
  const { credential } = await send(page, 'GET', `/api/connections/${source}`)
  const from = await changeSomething(page)
  const me = await send(page, 'GET', '/api/workspace')
  const own = {
    'data-sources/orders/': `data-sources/${source}/`,
    'cred_…': credential.id,
    'usr_…': me.user.id,
    'from=2026-11-01T00:00:00Z&to=2026-11-22T00:00:00Z': `from=${from}&to=2100-01-01T00:00:00Z`,
  }
  const scopes = me.permissions.filter((name: string) => name !== 'connections:resolve')
  const { key } = await send(page, 'POST', '/api/api-keys', { name: 'guides', scopes })
  const resolving = {
    name: 'guides resolver',
    scopes: ['connections:resolve'],
    environments: ['dev', 'staging', 'prod', 'none'],
  }
  const { key: resolver } = await send(page, 'POST', '/api/api-keys', resolving)

  let calls = 0
  for (const guide of guides.flatMap(documentedCalls)) {
    const called = await paste(guide, guide.script.includes('/resolve') ? resolver : key, own)
    for (const { call, status, body } of called) expect([call, status], body).toEqual([call, statuses.get(call) ?? 200])
    expectAnswer(guide, called)
    calls += called.length
  }
  expect(calls).toBeGreaterThan(15)
})

/** A column is gone that a pipeline uses: so the answer about changes has something to say. */
const changeSomething = async (page: Page): Promise<string> => {
  await askTarget('create table shop.documented (id int primary key, note text)')
  const definition = { nodes: [{ id: 'load', conn_id: source, table: 'shop.documented' }] }
  await send(page, 'PUT', '/api/pipelines/documented-orders', { name: 'Documented orders', definition })
  const { started_at: from } = await refresh(page)
  await askTarget('alter table shop.documented drop column note')
  await refresh(page)
  return from
}

const refresh = async (page: Page) => {
  const { id } = await send(page, 'POST', `/api/data-sources/${source}/refresh`, {})
  const look = () => send(page, 'GET', `/api/data-sources/${source}/refreshes/${id}`)
  await expect.poll(async () => (await look()).status, { timeout: 30_000 }).toBe('done')
  return look()
}

let lastQuery = ''

/** With what everybody puts in for himself: the address, his key, ids, and moments. */
const paste = async ({ script }: Documented, key: string, own: Record<string, string>): Promise<Called[]> => {
  const text = Object.entries(own)
    .reduce((now, [written, meant]) => now.replaceAll(written, meant), script)
    .replaceAll('http://localhost:3000', run.url())
    .replace(/^KEY=\$\(npm run --silent admin -- (.*)\)$/m, `KEY=$(${process.execPath} ${root}/scripts/admin.ts $1)`)
  const env = { URL: run.url(), KEY: key, JACKFIELD_HOME: run.home() }
  // The address of a download is that of the export before it.
  const [first, second] = text.split(/(?=^curl -fO)/m)
  const called = await runDocumented(first ?? '', env)
  lastQuery = /qry_\w+/.exec(called.at(-1)?.body ?? '')?.[0] ?? lastQuery
  return second ? [...called, ...(await runDocumented(second.replace('qry_…', lastQuery), env))] : called
}

const expectAnswer = ({ answer, script }: Documented, called: readonly Called[]) => {
  if (answer.length === 0) return
  const body = (script.includes('curl -fO') ? called[0] : called.at(-1))?.body ?? ''
  const real = answer.length > 1 ? [...body.split('\n').slice(0, 2), body.split('\n').at(-1) ?? ''] : [body]
  const missing = answer.flatMap((line, at) => missingIn(JSON.parse(real[at] ?? 'null'), line))
  expect(missing, script).toEqual([])
}
