import type { Client } from 'pg'
import type { ReplicationPlan } from '../../contract.ts'

/** Where the server runs, as far as it shows: who has to be told to change a setting. */
export type Provider = 'rds' | 'cloud_sql' | 'azure' | 'neon' | 'supabase' | 'own'

export interface ServerFacts {
  version_num: number
  database: string
  username: string
  wal_level: string
  superuser: boolean
  replication: boolean
  /** Member of the provider's role that stands for the right to replicate. */
  replication_role: string | null
  may_create: boolean
  standby: boolean
  hot_standby_feedback: boolean
  slots_max: number
  slots_used: number
  senders_max: number
  senders_used: number
  /** In megabytes; -1 without a limit. */
  slot_keep_mb: number
  /** Age of the oldest transaction in seconds; a new slot waits for it. */
  oldest_transaction_s: number
  provider: Provider
}

const serverSql = `
  select current_setting('server_version_num')::int as version_num, current_database()::text as database,
    session_user::text as username, current_setting('wal_level') as wal_level, r.rolsuper as superuser,
    r.rolreplication as replication,
    (select p.rolname::text from pg_catalog.pg_roles p
      where p.rolname in ('rds_replication', 'cloudsqlsuperuser', 'azure_pg_admin', 'neon_superuser')
        and pg_catalog.pg_has_role(session_user, p.oid, 'member') limit 1) as replication_role,
    pg_catalog.has_database_privilege(current_database(), 'CREATE') as may_create,
    pg_catalog.pg_is_in_recovery() as standby,
    coalesce(current_setting('hot_standby_feedback', true), 'off') = 'on' as hot_standby_feedback,
    current_setting('max_replication_slots')::int as slots_max,
    (select count(*)::int from pg_catalog.pg_replication_slots) as slots_used,
    current_setting('max_wal_senders')::int as senders_max,
    (select count(*)::int from pg_catalog.pg_stat_replication) as senders_used,
    coalesce((select setting::int from pg_catalog.pg_settings where name = 'max_slot_wal_keep_size'), -1) as slot_keep_mb,
    coalesce((select extract(epoch from now() - min(a.xact_start))::int from pg_catalog.pg_stat_activity a
      where a.pid <> pg_catalog.pg_backend_pid() and a.backend_type = 'client backend'), 0) as oldest_transaction_s,
    case
      when exists (select from pg_catalog.pg_settings where name = 'rds.logical_replication') then 'rds'
      when exists (select from pg_catalog.pg_settings where name like 'cloudsql.%') then 'cloud_sql'
      when exists (select from pg_catalog.pg_settings where name like 'azure.%') then 'azure'
      when exists (select from pg_catalog.pg_settings where name like 'neon.%') then 'neon'
      when exists (select from pg_catalog.pg_roles where rolname = 'supabase_admin') then 'supabase'
      else 'own'
    end as provider
  from pg_catalog.pg_roles r where r.rolname = session_user`

export interface TableFacts {
  schema: string
  name: string
  /** Null where there is no such table. */
  kind: string | null
  persistence: string | null
  /** `d` primary key, `i` index, `f` whole row, `n` nothing. */
  identity: string | null
  /** The index that tells its rows apart. */
  identity_index: string | null
  has_primary_key: boolean
  owned: boolean
  readable: boolean
  /** In the publication already. */
  published: boolean
}

const tablesSql = `
  select w.schema, w.name, c.relkind::text as kind, c.relpersistence::text as persistence, c.relreplident::text as identity,
    (select i.indexrelid::regclass::text from pg_catalog.pg_index i where i.indrelid = c.oid
      and ((c.relreplident = 'd' and i.indisprimary) or (c.relreplident = 'i' and i.indisreplident)) limit 1) as identity_index,
    exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisprimary) as has_primary_key,
    coalesce(pg_catalog.pg_has_role(session_user, c.relowner, 'usage'), false) as owned,
    coalesce(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false) as readable,
    exists (select from pg_catalog.pg_publication_tables p
      where p.pubname = $3 and p.schemaname = w.schema and p.tablename = w.name) as published
  from unnest($1::text[], $2::text[]) with ordinality as w(schema, name, place)
  left join pg_catalog.pg_namespace n on n.nspname = w.schema
  left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name and c.relkind in ('r', 'p', 'v', 'm', 'f')
  order by w.place`

export interface PlaceFacts {
  /** `members`: how many tables are in it. */
  publication: { owned: boolean; all_tables: boolean; members: number } | null
  slot: { plugin: string | null; database: string | null; active: boolean } | null
}

const publicationSql = `
  select pg_catalog.pg_has_role(session_user, p.pubowner, 'usage') as owned, p.puballtables as all_tables,
    (select count(*)::int from pg_catalog.pg_publication_rel m where m.prpubid = p.oid) as members
  from pg_catalog.pg_publication p where p.pubname = $1`

const slotSql = `
  select s.plugin::text, s.database::text, s.active from pg_catalog.pg_replication_slots s where s.slot_name = $1`

export interface Facts extends PlaceFacts {
  server: ServerFacts
  tables: TableFacts[]
  heartbeat: TableFacts | undefined
}

/** Everything a check looks at, as it is now. */
export const readFacts = async (client: Client, plan: ReplicationPlan): Promise<Facts> => {
  const wanted = plan.heartbeat ? [...plan.tables, plan.heartbeat] : plan.tables
  const [server] = (await client.query<ServerFacts>(serverSql)).rows
  if (!server) throw new Error('the server does not know its own user')
  const named = [wanted.map(({ schema }) => schema), wanted.map(({ name }) => name), plan.publication]
  const found = (await client.query<TableFacts>(tablesSql, named)).rows
  return {
    server,
    tables: found.slice(0, plan.tables.length),
    heartbeat: plan.heartbeat ? found.at(-1) : undefined,
    publication: (await client.query(publicationSql, [plan.publication])).rows[0] ?? null,
    slot: (await client.query(slotSql, [plan.slot])).rows[0] ?? null,
  }
}
