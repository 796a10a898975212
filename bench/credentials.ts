import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import type { Actor } from '#lib/auth/actor'
import { resetEnv } from '#lib/config/env'
import { listCredentials } from '#lib/credentials/operations'
import { db } from '#lib/db/client'
import { startEmbedded } from '#lib/db/embedded'
import { migrate } from '#lib/db/migrate'
import { alternate, type Figure } from './harness.ts'

const credentials = 10_000

const actor: Actor = {
  kind: 'system',
  id: 'bench',
  name: 'bench',
  workspaceId: 'ws_bench',
  organizationId: 'org_bench',
  role: 'owner',
}

/** The list of 10,000 credentials, each used by a connection, beside the bare indexed SELECT of the same page. */
export const run = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-bench-'))
  const database = await startEmbedded({ home: folder, name: 'database', port: 0, durable: false })
  const client = new Client({ connectionString: database.adminUrl() })
  try {
    process.env.DATABASE_URL = database.adminUrl()
    resetEnv()
    await migrate(database.adminUrl())
    await client.connect()
    await fill(client)
    const page = await alternate(
      1_000,
      () => listCredentials(actor, { limit: 50 }),
      () => bare(client),
    )
    const unused = { limit: 50, used: 'true', environment: 'prod', sort: '-updated_at' } as const
    const filtered = await alternate(
      500,
      () => listCredentials(actor, unused),
      () => bare(client),
    )
    const floor = 'bare indexed SELECT through pg'
    return [
      {
        name: 'List of 50 of 10,000 credentials',
        unit: 'ms',
        ours: page.ours,
        floor: { name: floor, values: page.floor },
      },
      {
        name: 'Used credentials of one environment, last changed first, among 10,000',
        unit: 'ms',
        ours: filtered.ours,
        floor: { name: floor, values: filtered.floor },
      },
    ]
  } finally {
    await client.end()
    await db().$disconnect()
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const fill = async (client: Client): Promise<void> => {
  await client.query("insert into organizations (id, name) values ('org_bench', 'Bench')")
  await client.query(
    "insert into workspaces (id, organization_id, name, tag) values ('ws_bench', 'org_bench', 'Bench', 'bench')",
  )
  await client.query(`
    insert into credentials (id, organization_id, workspace_id, name, name_key, type, kind, config, destination, environment, created_by)
    select 'cred_' || lpad(g::text, 26, '0'), w.organization_id, w.id, 'Bench ' || g, 'bench ' || lpad(g::text, 6, '0'),
      'database', 'database.password', jsonb_build_object('username', 'etl', 'host', 'host-' || g || '.example.com', 'port', 5432),
      jsonb_build_object('scheme', 'postgresql', 'host', 'host-' || g || '.example.com', 'port', 5432, 'tls', 'verify-full'),
      (array['dev', 'staging', 'prod'])[1 + g % 3], 'bench'
    from workspaces w, generate_series(1, ${credentials}) g`)
  await client.query(`
    insert into credential_versions (credential_id, version, envelope, key_id, fields, fingerprint, created_by)
    select id, 1, '\\x00', 'bench', array['password'], 'bench', 'bench' from credentials`)
  await client.query(`
    insert into connections (id, workspace_id, conn_id, name, name_key, type, role, config, summary, tags, credential_id, created_by, updated_by)
    select replace(id, 'cred', 'conn'), workspace_id, replace(name_key, ' ', '-'), name, name_key, 'postgres', 'source', '{}', '', '{}', id, 'bench', 'bench'
    from credentials`)
  await client.query('vacuum analyze')
}

const bare = (client: Client) =>
  client.query({
    name: 'page',
    text: 'select * from credentials where workspace_id = $1 and deleted_at is null order by name_key, id limit 51',
    values: [actor.workspaceId],
  })
