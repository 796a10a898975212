import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Client } from 'pg'
import { permissionNames, permissions, roles } from '../../lib/auth/permissions.ts'
import { type CredentialKind, credentialKindNames, credentialKinds } from '../../lib/credentials/kinds.ts'
import { databaseUrl } from '../fixtures/database.ts'
import { run } from '../fixtures/run.ts'
import { expect, signedIn as test } from '../fixtures/test.ts'

/*
 * ENC-13: secrets with a mark of their own are planted through every door that takes one; then everything the product
 * says, to everybody, in every way it can be asked, is searched for the mark in the forms it could hide in.
 */

const root = path.join(import.meta.dirname, '../..')
const mark = 'JFCANARY'
const canary = () => `${mark}${randomBytes(9).toString('hex')}"'\\%20é`

/** What a mark looks like raw, in base64 at its three offsets, in hex, in UTF-16 and percent-encoded. */
const forms = [
  mark,
  ...[0, 1, 2].map((offset) =>
    Buffer.from(`${'x'.repeat(offset)}${mark}`)
      .toString('base64')
      .slice(offset === 0 ? 0 : offset + 1, -3),
  ),
  Buffer.from(mark).toString('hex'),
  Buffer.from(mark, 'utf16le').toString('latin1'),
  [...mark].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join(''),
]
const hit = (text: string): string | undefined => forms.find((form) => text.toLowerCase().includes(form.toLowerCase()))

/** A canary in the shape the field takes. */
const secretFor = (name: string): unknown => {
  if (name === 'headers' || name === 'query') return { 'X-Key': canary(), token: canary() }
  if (name === 'service_account_json')
    return JSON.stringify({
      type: 'service_account',
      client_email: 'a@b.example',
      private_key: `PRIVATE KEY ${canary()}`,
    })
  if (name === 'configuration_json') return JSON.stringify({ type: 'external_account', token: canary() })
  return canary()
}

/** What each kind cannot do without besides its secrets. */
const publicParts: Partial<Record<CredentialKind, object>> = {
  'database.password': { username: 'u' },
  'aws.access_key': { access_key_id: 'AKIAEXAMPLE' },
  'aws.session': { access_key_id: 'ASIAEXAMPLE' },
  'aws.assume_role': { role_arn: 'arn:aws:iam::123456789012:role/Ingest' },
  'azure.client_secret': { tenant_id: 't', client_id: 'c' },
  'azure.certificate': { tenant_id: 't', client_id: 'c' },
  'gcp.workload_federation': { audience: '//iam.example/x' },
  'password.ssh_key': { username: 'u' },
  'oauth.client': { client_id: 'c', token_url: 'https://login.example.com/token' },
}

test('no answer, page, log line or table holds a planted secret', async ({ page }) => {
  test.setTimeout(600_000)
  const send = (method: string, url: string, data?: unknown, headers: Record<string, string> = {}) =>
    page.request.fetch(url, {
      method,
      headers: { 'sec-fetch-site': 'same-origin', ...headers },
      failOnStatusCode: false,
      maxRedirects: 0,
      ...(data !== undefined && { data }),
    })
  const leaks: string[] = []
  let answers = 0
  const search = (what: string, text: string) => {
    answers++
    const found = hit(text)
    if (found)
      leaks.push(
        `${what}: …${text.slice(Math.max(0, text.toLowerCase().indexOf(found.toLowerCase()) - 40), text.toLowerCase().indexOf(found.toLowerCase()) + 20)}…`,
      )
  }
  const ask = async (who: string, method: string, url: string, headers: Record<string, string>, data?: unknown) => {
    const answer = await send(method, url, data, headers)
    search(
      `${who} ${method} ${url} ${JSON.stringify(headers.accept ?? '')}`,
      `${JSON.stringify(answer.headersArray())}\n${(await answer.body()).toString('latin1')}`,
    )
    return answer
  }

  // Plant: flat and canonical bodies, inline and stored credentials, replacements, tests of unsaved settings, refused bodies.
  const planted: { id: string; conn_id: string }[] = []
  const target = run.target()
  const flat = (n: number, more: object) => ({
    conn_id: `canary-${n}`,
    type: 'postgres',
    host: target.host,
    port: target.port,
    schema: target.database,
    login: 'etl_user',
    ...more,
  })
  for (let n = 0; n < 20; n++) {
    const created = await ask(
      'plant',
      'POST',
      '/api/connections',
      {},
      flat(n, { password: canary(), extra: n % 2 ? { token: canary() } : JSON.stringify({ token: canary() }) }),
    )
    expect(created.status()).toBe(201)
    planted.push((await created.json()).data)
  }
  const credentials: string[] = []
  for (let n = 0; n < 8; n++) {
    const created = await ask(
      'plant',
      'POST',
      '/api/credentials',
      {},
      { name: `canary ${n}`, type: 'database', config: { username: 'u', password: canary(), extra: canary() } },
    )
    expect(created.status()).toBe(201)
    credentials.push((await created.json()).data.id)
  }
  for (const kind of credentialKindNames) {
    const { type, secret } = credentialKinds[kind]
    const secrets = Object.keys(secret.shape).map((name) => [name, secretFor(name)])
    const config = { ...publicParts[kind], ...Object.fromEntries(secrets) }
    const created = await ask('plant', 'POST', '/api/credentials', {}, { name: `canary ${kind}`, type, kind, config })
    expect([kind, created.status()]).toEqual([kind, 201])
    const { id } = (await created.json()).data
    credentials.push(id)
    if (secrets.length === 0) continue
    const again = Object.fromEntries(secrets.map(([name]) => [name, secretFor(String(name))]))
    const changed = await ask('plant', 'PUT', `/api/credentials/${id}`, {}, { config: again })
    expect([kind, changed.status()]).toEqual([kind, 200])
  }
  for (const { conn_id } of planted.slice(0, 6)) {
    const changed = await ask('plant', 'PATCH', `/api/connections/${conn_id}`, {}, { password: canary() })
    expect(changed.status()).toBe(200)
  }
  const refusals: unknown[] = [
    flat(90, { password: canary(), port: 'not a port' }),
    flat(91, { password: canary(), surprise: canary() }),
    flat(92, { password: { nested: canary() } }),
    { type: 'postgres', conn_id: canary(), credential: { config: { password: canary(), username: 7 } } },
    {
      type: 'postgres',
      conn_id: 'canary-93',
      host: 'localhost',
      schema: 'x',
      login: 'u',
      password: canary(),
      [canary()]: 1,
    },
  ]
  for (const body of refusals) {
    // A key the sender made up is named in the answer, so only its value may not come back.
    const safe = JSON.parse(JSON.stringify(body), (key, value) => (key.startsWith(mark) ? undefined : value)) as unknown
    expect((await ask('refused', 'POST', '/api/connections', {}, safe)).status()).toBeGreaterThanOrEqual(200)
    await ask('refused', 'POST', '/api/connections/test', {}, safe)
    await ask('refused', 'POST', '/api/credentials', {}, safe)
  }
  await ask('refused', 'POST', '/api/connections', { 'content-type': 'application/json' }, `{"password":"${mark}broken`)
  for (const accept of ['application/json', 'application/x-ndjson']) {
    for (const { conn_id } of planted.slice(0, 3))
      await ask('test', 'POST', `/api/connections/${conn_id}/test`, { accept }, {})
    const { conn_id: _, ...draft } = flat(94, { password: canary() })
    await ask('test', 'POST', '/api/connections/test', { accept }, draft)
  }

  // Ask: every route and page, as everybody, with every method and every way of asking.
  const callers: Record<string, Record<string, string>> = { owner: {}, anonymous: { cookie: '' } }
  for (const role of roles) {
    // A key that receives secrets has a reach and cannot do the rest; it resolves below.
    const scopes = permissionNames.filter(
      (name) => name !== 'connections:resolve' && (permissions[name] as readonly string[]).includes(role),
    )
    const made = await send('POST', '/api/api-keys', { name: `canary ${role}`, scopes })
    expect(made.status()).toBe(201)
    callers[role] = { cookie: '', authorization: `Bearer ${(await made.json()).data.key}` }
  }
  const ways: Record<string, string>[] = [
    { accept: 'application/json' },
    { accept: 'application/x-ndjson' },
    { accept: 'text/html' },
    { accept: 'text/x-component', rsc: '1' },
    { accept: '*/*', rsc: '1', 'next-router-prefetch': '1' },
  ]
  const first = planted[0]
  const ids = {
    ref: first?.conn_id ?? '',
    id: credentials[0] ?? '',
    connectionId: first?.id ?? '',
    type: 'postgres',
    table: 'shop.orders',
  }
  const routes = urlsOf('route.ts', ids).filter((url) => !url.startsWith('/api/auth'))
  const pages = urlsOf('page.tsx', ids)
  expect(routes.length).toBeGreaterThan(15)
  expect(pages.length).toBeGreaterThan(8)
  const questions: (() => Promise<unknown>)[] = []
  for (const [who, headers] of Object.entries(callers)) {
    for (const url of [...routes, ...pages]) {
      for (const way of ways) questions.push(() => ask(who, 'GET', url, { ...headers, ...way }))
      for (const query of ['?_rsc=1', `?q=${mark.slice(0, 4)}`, '?sort=password', '?limit=200', '?config[password]=a*'])
        questions.push(() => ask(who, 'GET', url + query, headers))
    }
    // What writes is asked with bodies that change nothing; the destructive routes come last, and once.
    for (const url of routes.filter((route) => !/permanent|api-keys|session|setup/.test(route))) {
      for (const method of ['HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH']) {
        const body = method === 'HEAD' || method === 'OPTIONS' ? undefined : { unknown_field: 1 }
        questions.push(() => ask(who, method, url, headers, body))
      }
    }
  }
  await atOnce(6, questions)
  // Somebody receives secrets rightly; they may be in those answers and nowhere else.
  const resolver = {
    name: 'canary resolver',
    scopes: ['connections:resolve'],
    environments: ['dev', 'staging', 'prod', 'none'],
  }
  const key = (await (await send('POST', '/api/api-keys', resolver)).json()).data.key
  for (const { conn_id } of planted.slice(0, 5)) {
    const headers = { cookie: '', authorization: `Bearer ${key}`, 'idempotency-key': `resolve-${conn_id}` }
    const answer = await send('POST', `/api/connections/${conn_id}/resolve`, { format: 'env' }, headers)
    expect(await answer.text()).toContain(mark)
  }
  for (const { conn_id } of planted.slice(0, 2))
    await ask('owner', 'POST', `/api/connections/${conn_id}/duplicate`, {}, {})
  for (const suffix of ['', '/restore', '', '/permanent']) {
    await ask(
      'owner',
      suffix === '/restore' ? 'POST' : 'DELETE',
      `/api/connections/${planted.at(-1)?.conn_id}${suffix}`,
      {},
      suffix === '/restore' ? {} : undefined,
    )
  }

  // Search what is kept: the browser's files, the logs, the database.
  for (const file of filesIn(path.join(root, '.next/static'))) search(file, readFileSync(file, 'latin1'))
  for (const file of filesIn(path.join(run.home(), 'logs'))) search(file, readFileSync(file, 'latin1'))
  const client = new Client({ connectionString: databaseUrl(run.home()) })
  await client.connect()
  const { rows: tables } = await client.query<{ name: string }>(
    "select quote_ident(relname) as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
  )
  expect(tables.length).toBeGreaterThan(10)
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`)
    search(`table ${name}`, rows.map(({ row }) => row).join('\n'))
  }
  await client.end()

  expect(leaks).toEqual([])
  expect(answers).toBeGreaterThan(2_000)
})

test('the search itself finds a mark in every form it looks for', () => {
  const secret = canary()
  for (const text of [
    secret,
    Buffer.from(secret).toString('base64'),
    Buffer.from(`a${secret}`).toString('base64'),
    Buffer.from(`ab${secret}`).toString('base64'),
    Buffer.from(secret).toString('hex'),
    `x${JSON.stringify(secret)}`,
    encodeURIComponent(secret),
  ]) {
    expect(hit(text), text).toBeDefined()
  }
})

/** Every URL of the app folder that ends in such a file, with its parameters filled in. */
function urlsOf(file: string, values: Record<string, string>): string[] {
  return filesIn(path.join(root, 'app'))
    .filter((found) => path.basename(found) === file)
    .map((found) => `/${path.relative(path.join(root, 'app'), path.dirname(found)).split(path.sep).join('/')}`)
    .map((url) =>
      url
        .replace('/credentials/[id]', `/credentials/${values.id}`)
        .replace(/\[(?:\.\.\.)?(\w+)\]/g, (_, name: string) => encodeURIComponent(values[name] ?? 'x')),
    )
}

/** Does every piece of work, so many at a time. */
async function atOnce(many: number, work: (() => Promise<unknown>)[]): Promise<void> {
  const rest = work.values()
  await Promise.all(
    Array.from({ length: many }, async () => {
      for (const piece of rest) await piece()
    }),
  )
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
}
