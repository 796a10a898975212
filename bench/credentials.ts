import type { Client } from 'pg'
import { listCredentials } from '#lib/credentials/operations'
import { alternate, type Figure } from './harness.ts'
import { benchActor as actor, withDatabase } from './own-database.ts'

const credentials = 10_000

/** The list of 10,000 credentials, each used by a connection, beside the bare indexed SELECT of the same page. */
export const run = (): Promise<Figure[]> =>
  withDatabase(async (client) => {
    await fill(client)
    const floor = (values: number[]) => ({ name: 'bare indexed SELECT through pg', values })
    const beside = async (rounds: number, query: Parameters<typeof listCredentials>[1]) => {
      const measured = await alternate(
        rounds,
        () => listCredentials(actor, query),
        () => bare(client),
      )
      return { unit: 'ms', ours: measured.ours, floor: floor(measured.floor) }
    }
    const filtered = { limit: 50, used: 'true', environment: 'prod', sort: '-updated_at' } as const
    return [
      { name: 'List of 50 of 10,000 credentials', ...(await beside(1_000, { limit: 50 })) },
      {
        name: 'Used credentials of one environment, last changed first, among 10,000',
        ...(await beside(500, filtered)),
      },
    ]
  })

const fill = async (client: Client): Promise<void> => {
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
