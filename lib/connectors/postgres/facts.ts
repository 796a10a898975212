import type { Client } from 'pg'

/** What one round trip tells about the server, the role, the schema and what may be read in it. */
export interface Facts {
  version: string
  version_num: number
  session_user: string
  superuser: boolean
  bypass_rls: boolean
  replication: boolean
  /** Predefined roles that reach the server's files and programs. */
  dangerous_roles: string[]
  /** It may change every table there is (`pg_write_all_data`). */
  write_all: boolean
  /** How many of the relations are its own, or of a role it belongs to: whoever owns a table may do anything to it. */
  owned: number
  in_recovery: boolean
  encoding: string
  schema_exists: boolean
  schema_usage: boolean
  schema_create: boolean
  relations: number
  selectable: number
  writable: number
  schemas: string[]
}

const factsSql = `
  with relation as (
    select c.oid, c.relowner from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind in ('r', 'v', 'm', 'f', 'p') limit 2000
  )
  select current_setting('server_version') as version, current_setting('server_version_num')::int as version_num,
    session_user::text as session_user, r.rolsuper as superuser, r.rolbypassrls as bypass_rls, r.rolreplication as replication,
    array(select p.rolname::text from pg_catalog.pg_roles p where p.rolname in
      ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
      and pg_catalog.pg_has_role(session_user, p.oid, 'member') order by 1) as dangerous_roles,
    exists (select from pg_catalog.pg_roles p where p.rolname = 'pg_write_all_data'
      and pg_catalog.pg_has_role(session_user, p.oid, 'usage')) as write_all,
    (select count(*)::int from relation where pg_catalog.pg_has_role(session_user, relowner, 'usage')) as owned,
    pg_catalog.pg_is_in_recovery() as in_recovery, current_setting('server_encoding') as encoding,
    n.oid is not null as schema_exists,
    coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false) as schema_usage,
    coalesce(pg_catalog.has_schema_privilege(n.oid, 'CREATE'), false) as schema_create,
    (select count(*)::int from relation) as relations,
    (select count(*)::int from relation where pg_catalog.has_table_privilege(oid, 'SELECT')) as selectable,
    (select count(*)::int from relation where pg_catalog.has_table_privilege(oid, 'DELETE, TRUNCATE')
      or pg_catalog.has_any_column_privilege(oid, 'INSERT, UPDATE')) as writable,
    array(select s.nspname::text from pg_catalog.pg_namespace s where s.nspname !~ '^pg_' and s.nspname <> 'information_schema'
      order by 1 limit 10) as schemas
  from pg_catalog.pg_roles r left join pg_catalog.pg_namespace n on n.nspname = $1
  where r.rolname = session_user`

/** Throws what pg throws; undefined only if the server does not know its own user. */
export const readFacts = async (client: Client, schema: string): Promise<Facts | undefined> =>
  (await client.query<Facts>(factsSql, [schema])).rows[0]
