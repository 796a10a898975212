import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { startEmbedded } from '../lib/db/embedded.ts'
import { migrate } from '../lib/db/migrate.ts'
import { alternate, type Figure } from './harness.ts'

const rows = 10_000

/**
 * What row-level security would cost as a second net below the workspace in every WHERE clause: the same page and the
 * same row read as now, and by a role under a forced policy, which has to be told the workspace in each transaction.
 */
export const run = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-rls-'))
  const server = await startEmbedded({ home: folder, name: 'database', port: 0, durable: false })
  const admin = new Client({ connectionString: server.adminUrl() })
  const url = new URL(server.adminUrl())
  const under = new Client({ connectionString: Object.assign(url, { username: 'tenant', password: 'tenant' }).href })
  try {
    await migrate(server.adminUrl())
    await admin.connect()
    await fill(admin)
    await under.connect()
    const list = await alternate(
      300,
      () => scoped(under, page),
      () => admin.query(page),
    )
    const get = await alternate(
      300,
      () => scoped(under, one),
      () => admin.query(one),
    )
    return [figure('Page of 50 of 10,000 credentials', list), figure('One credential', get)]
  } finally {
    await under.end()
    await admin.end()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const figure = (what: string, { ours, floor }: { ours: number[]; floor: number[] }): Figure => ({
  name: `${what} under row-level security`,
  unit: 'ms',
  ours,
  floor: { name: 'with the workspace in the WHERE clause alone', values: floor },
})

const page = {
  name: 'page',
  text: 'select * from credentials where workspace_id = $1 and deleted_at is null order by name_key, id limit 51',
  values: ['ws_1'],
}
const one = {
  name: 'one',
  text: 'select * from credentials where workspace_id = $1 and id = $2',
  values: ['ws_1', 'cred_00042'],
}

/** As a pool has to do it: the setting must end with the transaction, or the next request would inherit it. */
const scoped = async (client: Client, query: typeof page): Promise<void> => {
  await client.query('begin')
  await client.query({
    name: 'scope',
    text: "select set_config('jackfield.workspace', $1, true)",
    values: ['ws_1'],
  })
  await client.query(query)
  await client.query('commit')
}

const fill = async (client: Client): Promise<void> => {
  await client.query("insert into organizations (id, name) values ('org_1', 'Bench')")
  await client.query(
    "insert into workspaces (id, organization_id, name, tag) select 'ws_' || g, 'org_1', 'W' || g, 't' || g from generate_series(1, 2) g",
  )
  await client.query(`
    insert into credentials (id, organization_id, workspace_id, name, name_key, type, kind, config, created_by, updated_at)
    select 'cred_' || lpad(g::text, 5, '0'), 'org_1', 'ws_' || 1 + g % 2, 'Bench ' || g, 'bench ' || lpad(g::text, 6, '0'),
      'database', 'database.password', '{"username": "etl", "host": "db.example.com"}', 'bench', now()
    from generate_series(1, ${rows * 2}) g`)
  await client.query("create role tenant login password 'tenant'; grant select on credentials to tenant")
  await client.query(
    'alter table credentials enable row level security; alter table credentials force row level security',
  )
  await client.query(
    "create policy own_workspace on credentials using (workspace_id = current_setting('jackfield.workspace', true))",
  )
  await client.query('vacuum analyze credentials')
}
