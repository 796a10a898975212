import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { startProduct } from '../e2e/fixtures/product.ts'
import { startEmbedded } from '../lib/db/embedded.ts'
import { alternate, childrenOf, type Figure, memoryMiB } from './harness.ts'

const connections = 10_000

/** The list page's API with 10,000 connections beside the bare indexed SELECT of the same page, and what the processes weigh. */
export const run = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-bench-'))
  const home = path.join(folder, 'home')
  const database = await startEmbedded({ home: folder, name: 'database', port: 0, durable: false })
  const env = { DATABASE_URL: database.adminUrl(), JACKFIELD_HOME: home, NODE_ENV: 'production' }
  const product = await startProduct(env)
  try {
    // Idle, as it is most of the time: what the start left behind has been collected.
    await setTimeout(5_000)
    const memory = childrenOf(product.pid).reduce((sum, child) => sum + memoryMiB(child), 0)
    admin(env, ['owner', 'create', '--email', 'bench@example.com', '--name', 'Bench'])
    const key =
      admin(env, ['api-key', 'create', '--name', 'bench', '--scopes', 'connections:read']).trim().split('\n').at(-1) ??
      ''
    const client = new Client({ connectionString: database.adminUrl() })
    await client.connect()
    await fill(client)
    await client.query('vacuum analyze connections')
    const agent = new http.Agent({ keepAlive: true })
    const list = (query: string) => get(agent, `${product.url}/api/connections?limit=50${query}`, key)
    const workspace = (await client.query('select id from workspaces')).rows[0].id as string
    const page = await alternate(
      200,
      () => list(''),
      () => bare(client, workspace),
    )
    const search = await alternate(
      60,
      () => list('&q=host-42'),
      () => bareSearch(client, workspace),
    )
    await client.end()
    agent.destroy()
    return [
      {
        name: 'List of 50 of 10,000 connections over HTTP',
        unit: 'ms',
        ours: page.ours,
        floor: { name: 'bare indexed SELECT through pg', values: page.floor },
      },
      {
        name: 'Search among 10,000 connections over HTTP',
        unit: 'ms',
        ours: search.ours,
        floor: { name: 'bare ILIKE through pg', values: search.floor },
      },
      {
        name: 'Memory (PSS) of web + engine + one idle runner after start',
        unit: 'MiB',
        ours: [memory],
        limit: { kind: 'value', max: 350 },
      },
    ]
  } finally {
    await product.stop()
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const admin = (env: Record<string, string>, args: string[]): string =>
  execFileSync(process.execPath, ['scripts/admin.ts', ...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    input: `${randomBytes(12).toString('hex')}\n`,
  })

const fill = (client: Client): Promise<unknown> =>
  client.query(`
    insert into connections (id, workspace_id, conn_id, name, name_key, type, role, config, summary, environment, tags, created_by, updated_by)
    select 'conn_' || lpad(g::text, 26, '0'), w.id, 'bench-' || g, 'Bench ' || g, 'bench ' || lpad(g::text, 6, '0'), 'postgres',
      case when g % 3 = 0 then 'destination' else 'source' end,
      jsonb_build_object('host', 'host-' || g || '.example.com', 'port', 5432, 'database', 'db' || g % 50, 'schema', 'public', 'ssl_mode', 'verify-full'),
      'host-' || g || '.example.com:5432/db' || g % 50, (array['dev', 'staging', 'prod'])[1 + g % 3], array['team-' || g % 20], 'bench', 'bench'
    from workspaces w, generate_series(1, ${connections}) g`)

const bare = (client: Client, workspace: string) =>
  client.query({
    name: 'page',
    text: 'select * from connections where workspace_id = $1 and deleted_at is null order by name_key, id limit 51',
    values: [workspace],
  })

const bareSearch = (client: Client, workspace: string) =>
  client.query({
    name: 'search',
    text: "select * from connections where workspace_id = $1 and deleted_at is null and (name ilike '%host-42%' or conn_id ilike '%host-42%' or summary ilike '%host-42%') order by name_key, id limit 51",
    values: [workspace],
  })

const get = (agent: http.Agent, url: string, key: string): Promise<void> =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
        response.resume()
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${response.statusCode}`)),
        )
      })
      .on('error', reject)
  })
